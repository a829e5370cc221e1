import type { Timers } from '../timers.ts'
import { subscriptionRetryMs } from './subscription-hooks.ts'

/** Tries a subscription again that failed for a passing reason, later each time. At most one timer. */
export class SubscriptionRetry {
  readonly #timers: Timers
  readonly #random: () => number
  #failures = 0
  #timer: unknown = null

  constructor({ timers, random }: { timers: Timers; random: () => number }) {
    this.#timers = timers
    this.#random = random
  }

  /** It worked: the next failure is the first again. */
  succeed(): void {
    this.#failures = 0
  }

  later(again: () => void): void {
    const delayMs = subscriptionRetryMs(this.#failures, this.#random)
    this.#failures += 1
    this.#timer ??= this.#timers.setTimeout(() => {
      this.#timer = null
      again()
    }, delayMs)
  }

  cancel(): void {
    if (this.#timer !== null) this.#timers.clearTimeout(this.#timer)
    this.#timer = null
  }
}
