import type { EventDraft, EventDraftOf } from '@millrace/shared/events'
import type { EventError } from '@millrace/shared/events/envelope'
import { eventId } from '@millrace/shared/events/event-id'
import { StreamCoalescer } from '@millrace/shared/events/stream-coalescer'
import type { AppendOutcome, EventPort } from '../ports.ts'
import type { NodeTask } from './engine-activities.ts'
import { untilStored } from './until-stored.ts'

/** The log has seen a higher attempt, or the node or its run has ended: whoever gets this speaks for nobody any more. */
export class AttemptFencedError extends Error {
  override readonly name = 'AttemptFencedError'
}

export type LogLevel = EventDraftOf<'node:log'>['level']

/** Lines and words of progress of one attempt. A view keeps 500 lines of a whole run; who says more says too much. */
const logLinesMax = 100
const progressMax = 200

/** Everything one attempt of a node tells the log. Ids hold the attempt, so attempts never mix. */
export class NodeEvents {
  readonly #events: EventPort
  readonly #task: NodeTask
  readonly #attempt: number
  readonly #signal: AbortSignal
  readonly #stream: StreamCoalescer
  #logCount = 0
  #progressCount = 0
  #isClosed = false

  constructor(events: EventPort, task: NodeTask, attempt: number, signal: AbortSignal) {
    this.#events = events
    this.#task = task
    this.#attempt = attempt
    this.#signal = signal
    this.#stream = new StreamCoalescer({
      source: { ...this.#address(), attempt },
      emit: (draft) => this.#append([draft]),
    })
  }

  /** R5: every lower attempt gets the retry it lacks, then this one its start. Throws AttemptFencedError. */
  async start(lostAttempts: number[], lostError: EventError): Promise<void> {
    const { nodeName, nodeType, retry } = this.#task.node
    await this.#append([
      ...lostAttempts.map((attempt) => this.#retryDraft(attempt, lostError, 0)),
      {
        ...this.#base('node:started', this.#attempt),
        type: 'node:started',
        nodeName,
        nodeType,
        attempt: this.#attempt,
        maxAttempts: retry.maxAttempts,
      },
    ])
  }

  async retry(error: EventError, nextRetryIn: number): Promise<void> {
    await this.#append([this.#retryDraft(this.#attempt, error, nextRetryIn)])
  }

  /** Resolves when the text may go on; its storing is awaited by `flush`. */
  text(text: string, tokens: number): Promise<void> {
    this.#throwIfClosed()
    return this.#stream.push(text, tokens)
  }

  async log(level: LogLevel, message: string): Promise<void> {
    this.#throwIfClosed()
    if (this.#logCount > logLinesMax) return
    const isBound = this.#logCount === logLinesMax
    const base = this.#base('node:log', this.#attempt, this.#logCount++)
    const line = {
      ...base,
      type: 'node:log' as const,
      attempt: this.#attempt,
      level: isBound ? ('warn' as const) : level,
      message: isBound ? 'Further lines of this try are left out.' : message,
    }
    // It was said after the text that still waits for its interval, and is stored after it.
    await this.#stream.carry((waiting) => this.#append([...waiting, line]))
  }

  async progress(percentage: number | undefined, message?: string): Promise<void> {
    this.#throwIfClosed()
    if (this.#progressCount >= progressMax) return
    const base = this.#base('node:progress', this.#attempt, this.#progressCount++)
    await this.#append([
      {
        ...base,
        type: 'node:progress',
        attempt: this.#attempt,
        ...(percentage === undefined ? {} : { percentage: Math.min(100, Math.max(0, percentage)) }),
        ...(message === undefined ? {} : { message }),
      },
    ])
  }

  /** Barrier: every piece of text is stored. After it, whatever a body that was given up still says is refused. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#stream.flush()
  }

  async #append(drafts: EventDraft[]): Promise<void> {
    const outcomes: AppendOutcome[] = await untilStored(this.#signal, () =>
      this.#events.append(this.#task.owner, drafts),
    )
    // Only the last speaks for this attempt; a retry told for another may come too late and be refused.
    if (outcomes.at(-1)?.status === 'refused') throw new AttemptFencedError('a later attempt or the end was seen')
  }

  #retryDraft(attempt: number, error: EventError, nextRetryIn: number): EventDraft {
    return { ...this.#base('node:retry', attempt), type: 'node:retry', attempt, nextRetryIn, error }
  }

  #base(type: string, attempt: number, ordinal?: number) {
    const { nodePath } = this.#task.node
    const id = eventId({ nodePath, type, attempt, ...(ordinal === undefined ? {} : { ordinal }) })
    return { eventId: id, timestamp: Date.now(), ...this.#address() }
  }

  #address() {
    const { nodeId, nodePath, iteration } = this.#task.node
    return { executionId: this.#task.executionId, nodeId, nodePath, iteration }
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw new AttemptFencedError('the attempt has ended')
  }
}
