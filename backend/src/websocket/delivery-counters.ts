/** What all connections of a process have done since its start. */
export class DeliveryCounters {
  deliveredCount = 0
  resyncCount = 0
  readonly #listeners = new Set<(waitedMs: number) => void>()

  onLiveWrite(listener: (waitedMs: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** `committedAt` in epoch milliseconds, of another machine perhaps: its clock may be ahead. */
  measureLiveWrite(committedAt: number): void {
    if (this.#listeners.size === 0) return
    const waitedMs = Math.max(0, performance.timeOrigin + performance.now() - committedAt)
    for (const listener of this.#listeners) listener(waitedMs)
  }
}
