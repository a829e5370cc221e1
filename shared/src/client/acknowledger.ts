import type { ClientMessage } from '../protocol/messages.ts'
import type { Timers } from '../timers.ts'
import type { SteadyClock } from './steady-clock.ts'

/** Name of a subscription, as the server knows it. */
export type AckAddress = { executionId: string } | { channel: string; workspaceId?: string }

export interface AcknowledgerOptions {
  timers: Timers
  clock: SteadyClock
  /** Sends when there is room; a newer message of the same key takes the place of an older one. */
  put: (key: string, build: () => ClientMessage | null) => void
}

/** What makes an acknowledgement due: a quarter of what the server lets be unacknowledged, some screens of text, or time. */
const eventsMax = 64
const charactersMax = 256 * 1024
const waitingMsMax = 1000

/** Eight in a second at most, however fast events come: the server takes thirty messages in a second, of any kind. */
const flushIntervalMs = 250
const perFlushMax = 2

interface Pending {
  address: AckAddress
  seq: number
  events: number
  characters: number
}

/** Tells the server what has arrived, rarely: one word stands for everything before it. */
export class Acknowledger {
  readonly #options: AcknowledgerOptions
  /** By subscription: a bound is the number of those. */
  readonly #pending = new Map<string, Pending>()
  #isGranted = false
  #timer: unknown = null
  #dueAt = 0
  #flushedAt = Number.NEGATIVE_INFINITY

  constructor(options: AcknowledgerOptions) {
    this.#options = options
  }

  /** A new connection: nothing of it is acknowledged yet. */
  begin(isGranted: boolean): void {
    this.clear()
    this.#isGranted = isGranted
  }

  clear(): void {
    this.#pending.clear()
    this.#isGranted = false
    this.#stopTimer()
  }

  drop(address: AckAddress): void {
    this.#pending.delete(keyOf(address))
    if (this.#pending.size === 0) this.#stopTimer()
  }

  /** Something came; `seq` is the last that the subscription has now, `characters` the length of the message. */
  note(address: AckAddress, seq: number, characters: number): void {
    if (!this.#isGranted) return
    const key = keyOf(address)
    const pending = this.#pending.get(key) ?? { address, seq, events: 0, characters: 0 }
    pending.seq = seq
    pending.events += 1
    pending.characters += characters
    this.#pending.set(key, pending)
    const isDue = pending.events >= eventsMax || pending.characters >= charactersMax
    const now = this.#options.clock.now()
    this.#arm(isDue ? Math.max(now, this.#flushedAt + flushIntervalMs) : now + waitingMsMax)
  }

  /** One timer, for whichever is due first. */
  #arm(dueAt: number): void {
    const { timers, clock } = this.#options
    if (this.#timer !== null && this.#dueAt <= dueAt) return
    this.#stopTimer()
    this.#dueAt = dueAt
    // The clock may have moved on since: Node warns of a negative time on the terminal.
    const dueIn = Math.max(0, dueAt - clock.now())
    this.#timer = timers.setTimeout(() => {
      this.#timer = null
      this.#flush()
    }, dueIn)
  }

  #flush(): void {
    const { clock, put } = this.#options
    this.#flushedAt = clock.now()
    const largest = [...this.#pending].toSorted(([, one], [, other]) => other.characters - one.characters)
    for (const [key, pending] of largest.slice(0, perFlushMax)) {
      this.#pending.delete(key)
      put(`ack:${key}`, () => ({ type: 'ack', ...pending.address, seq: pending.seq }))
    }
    if (this.#pending.size > 0) this.#arm(this.#flushedAt + flushIntervalMs)
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#options.timers.clearTimeout(this.#timer)
    this.#timer = null
  }
}

function keyOf(address: AckAddress): string {
  return JSON.stringify(address)
}
