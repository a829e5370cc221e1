/** A rate with a burst of twice as much, of one at least: less would never let anything through. Computed when asked: it has no timer. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #burst: number
  #tokens: number
  #filledAt: number

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond
    this.#burst = Math.max(1, perSecond * 2)
    this.#tokens = this.#burst
    this.#filledAt = now
  }

  /** False: over the rate. `now` in milliseconds. */
  take(now: number, count = 1): boolean {
    // A clock may be set back; what it is behind by is nobody's debt.
    const passedMs = Math.max(0, now - this.#filledAt)
    this.#tokens = Math.min(this.#burst, this.#tokens + (passedMs / 1000) * this.#perSecond)
    this.#filledAt = now
    if (this.#tokens < count) return false
    this.#tokens -= count
    return true
  }
}
