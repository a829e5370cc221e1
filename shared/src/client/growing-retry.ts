import type { Timers } from '../timers.ts'

/** Milliseconds. First and longest span that a delay is drawn from: at least half of it. */
const firstSpanMs = 1000
const spanMaxMs = 30_000

/** Tries again what failed for a passing reason, later each time. At most one timer. */
export class GrowingRetry {
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

  /** Not before `leastMs` from now. */
  later(again: () => void, leastMs = 0): void {
    const span = Math.min(spanMaxMs, firstSpanMs * 2 ** Math.min(this.#failures, 10))
    this.#failures += 1
    this.#timer ??= this.#timers.setTimeout(
      () => {
        this.#timer = null
        again()
      },
      Math.max(leastMs, span / 2 + (this.#random() * span) / 2),
    )
  }

  cancel(): void {
    if (this.#timer !== null) this.#timers.clearTimeout(this.#timer)
    this.#timer = null
  }
}
