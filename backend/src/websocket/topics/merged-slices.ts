import { type MergedSlice, type MergeRequest, mergeFrames } from './merged-slice.ts'

/** Memory of all kept slices of a process; one is about 32 KiB. */
const keptBytesMax = 4 * 1024 * 1024

/** Clients that were cut off together are back within this, milliseconds; see the reconnect delays. */
const idleMsMax = 30_000

/**
 * Slices kept for the others who are behind at the same place: clients that were cut off together come back together,
 * and merging for each of them would cost what merging saves. A slice stays true as long as its epoch does.
 */
export class MergedSlices {
  /** Least recently used first. */
  readonly #slices = new Map<string, MergedSlice>()
  #bytes = 0
  #usedAt = 0

  get bytes(): number {
    return this.#bytes
  }

  /** What follows `afterSeq`, merged; made at most once while it is kept. */
  slice(epoch: string, afterSeq: number, request: MergeRequest): MergedSlice {
    const { topic, batchAddress } = request
    const key = `${topic}\n${epoch}\n${afterSeq}\n${batchAddress === null ? '' : JSON.stringify(batchAddress)}`
    const known = this.#slices.get(key)
    const slice = known ?? mergeFrames(request)
    this.#usedAt = Date.now()
    this.#slices.delete(key)
    this.#slices.set(key, slice)
    if (known === undefined) this.#bytes += costOf(slice)
    for (const [oldest, kept] of this.#slices) {
      if (this.#bytes <= keptBytesMax || oldest === key) break
      this.#slices.delete(oldest)
      this.#bytes -= costOf(kept)
    }
    return slice
  }

  /** Call about once a second: when nobody is behind any more, nothing is kept for them. */
  sweep(now: number): void {
    if (now - this.#usedAt < idleMsMax) return
    this.#slices.clear()
    this.#bytes = 0
  }
}

/** Its bytes are there twice: as parts, for who needs those, and joined. */
function costOf({ bytes, parts }: MergedSlice): number {
  return 2 * bytes + parts.length * 200
}
