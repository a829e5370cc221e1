/** Read once: the getter costs as much as all the rest of a measurement. */
const { timeOrigin } = performance

/** What all connections of a process have done since its start. */
export class DeliveryCounters {
  deliveredCount = 0
  resyncCount = 0
  /** Stored events that readers who were behind were told merged, the frames that stood for them, and how many of those were batches. */
  mergedEventsCount = 0
  mergedFrameCount = 0
  batchCount = 0
  readonly #listeners = new Set<(waitedMs: number) => void>()

  onLiveWrite(listener: (waitedMs: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  figures() {
    const { deliveredCount, resyncCount, mergedEventsCount, mergedFrameCount, batchCount } = this
    return { deliveredCount, resyncCount, mergedEventsCount, mergedFrameCount, batchCount }
  }

  countMerged(eventCount: number, isBatch: boolean): void {
    this.mergedEventsCount += eventCount
    this.mergedFrameCount += 1
    if (isBatch) this.batchCount += 1
  }

  /** `committedAt` in epoch milliseconds, of another machine perhaps: its clock may be ahead. */
  measureLiveWrite(committedAt: number): void {
    if (this.#listeners.size === 0) return
    const waitedMs = Math.max(0, timeOrigin + performance.now() - committedAt)
    for (const listener of this.#listeners) listener(waitedMs)
  }
}
