import type { ClientMessage } from '../protocol/messages.ts'
import type { Timers } from '../timers.ts'
import type { SteadyClock } from './steady-clock.ts'

/** Below the server's rate (`wireLimits`), burst included, so that coming back with many subscriptions is never a flood. */
const burst = 40
const perSecond = 20

/**
 * Messages that wait to be sent, one per key: a newer one replaces the older, so flapping between follow
 * and unfollow cannot grow it. Built when they leave, so they say what is true then.
 */
export class Outbox {
  readonly #timers: Timers
  readonly #clock: SteadyClock
  readonly #send: (message: ClientMessage) => boolean
  readonly #waiting = new Map<string, () => ClientMessage | null>()
  #tokens = burst
  #filledAt: number
  #timer: unknown = null

  /** `send` answers false while there is no open connection; then the messages wait for `flush`. */
  constructor({ timers, clock }: { timers: Timers; clock: SteadyClock }, send: (message: ClientMessage) => boolean) {
    this.#timers = timers
    this.#clock = clock
    this.#send = send
    this.#filledAt = clock.now()
  }

  get size(): number {
    return this.#waiting.size
  }

  put(key: string, build: () => ClientMessage | null): void {
    this.#waiting.delete(key)
    this.#waiting.set(key, build)
    this.flush()
  }

  drop(key: string): void {
    this.#waiting.delete(key)
  }

  clear(): void {
    this.#waiting.clear()
    if (this.#timer !== null) this.#timers.clearTimeout(this.#timer)
    this.#timer = null
  }

  flush(): void {
    this.#refill()
    for (const [key, build] of this.#waiting) {
      if (this.#tokens < 1) {
        this.#timer ??= this.#timers.setTimeout(() => {
          this.#timer = null
          this.flush()
        }, 1000 / perSecond)
        return
      }
      const message = build()
      if (message !== null && !this.#send(message)) return
      this.#waiting.delete(key)
      if (message !== null) this.#tokens -= 1
    }
  }

  #refill(): void {
    const now = this.#clock.now()
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond)
    this.#filledAt = now
  }
}
