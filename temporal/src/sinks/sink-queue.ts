import { setTimeout as delay } from 'node:timers/promises'
import type { EventDraft } from '@millrace/shared/events'
import { isRefusal } from '../activities/finalize-execution.ts'
import type { EventOwner, EventPort, LoggerPort } from '../ports.ts'

interface Entry {
  owner: EventOwner
  drafts: EventDraft[]
  /** Epoch milliseconds after which waiting serves nobody. */
  giveUpAt: number
}

type Waiting = Entry & { settle: () => void }

/** Backoff while the log cannot be reached: quick at first, for most of a workflow task's time is already gone. */
const firstDelayMs = 20
const longestDelayMs = 500

/** First in, first out for one execution. What gathers while an append is under way goes together in the next. */
export class SinkQueue {
  readonly #events: EventPort
  readonly #logger: LoggerPort
  readonly #workflowId: string
  #waiting: Waiting[] = []
  #isRunning = false

  constructor(events: EventPort, logger: LoggerPort, workflowId: string) {
    this.#events = events
    this.#logger = logger
    this.#workflowId = workflowId
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && !this.#isRunning
  }

  /** Resolves when the drafts are stored, or when it is too late for that to matter. Never rejects. */
  append(entry: Entry): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ ...entry, settle: resolve })
      if (!this.#isRunning) void this.#drain()
    })
  }

  async #drain(): Promise<void> {
    this.#isRunning = true
    let delayMs = firstDelayMs
    while (this.#waiting.length > 0) {
      const batch = [...this.#waiting]
      if (await this.#store(batch)) {
        this.#waiting.splice(0, batch.length)
        // Last of the run's batches: whoever waits for `isEmpty` must find it so.
        if (this.#waiting.length === 0) this.#isRunning = false
        for (const { settle } of batch) settle()
        delayMs = firstDelayMs
      } else {
        await delay(delayMs)
        delayMs = Math.min(delayMs * 2, longestDelayMs)
        this.#giveUpLate()
      }
    }
    this.#isRunning = false
  }

  /** False when the log cannot be reached. */
  async #store(batch: Waiting[]): Promise<boolean> {
    const [first] = batch
    if (first === undefined) return true
    const drafts = batch.flatMap((entry) => entry.drafts)
    try {
      await this.#events.append(first.owner, drafts)
      return true
    } catch (error) {
      if (!isRefusal(error)) return false
      return this.#storeSingly(first.owner, drafts)
    }
  }

  /** One event that fits no schema must not hold up the others, nor the run. */
  async #storeSingly(owner: EventOwner, drafts: EventDraft[]): Promise<boolean> {
    for (const draft of drafts) {
      try {
        await this.#events.append(owner, [draft])
      } catch (error) {
        if (!isRefusal(error)) return false
        const { eventId, type } = draft
        this.#logger.error(
          { workflowId: this.#workflowId, eventId, type, error, tag: 'invariant-violation' },
          'an event was refused',
        )
      }
    }
    return true
  }

  #giveUpLate(): void {
    const late = this.#waiting.filter(({ giveUpAt }) => giveUpAt <= Date.now())
    if (late.length === 0) return
    this.#waiting = this.#waiting.filter((entry) => !late.includes(entry))
    const count = late.reduce((sum, { drafts }) => sum + drafts.length, 0)
    this.#logger.warn(
      { workflowId: this.#workflowId, count },
      'events could not be stored in time; their workflow task will run again',
    )
    for (const { settle } of late) settle()
  }
}
