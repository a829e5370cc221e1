/**
 * Until when the rights of who is connected are known well enough for events to be sent on their word. It ends by
 * itself, so a look that fails, hangs or comes late holds delivery back without anybody having to say so.
 */
export class DeliveryLease {
  /** Of `performance.now()`. Without anybody who extends it, it never ends: all rights are taken in this process. */
  #untilMs = Number.POSITIVE_INFINITY

  get isHeld(): boolean {
    return performance.now() > this.#untilMs
  }

  /** True: delivery was held back until now. */
  extend(untilMs: number): boolean {
    const wasHeld = this.isHeld
    this.#untilMs = untilMs
    return wasHeld && !this.isHeld
  }
}
