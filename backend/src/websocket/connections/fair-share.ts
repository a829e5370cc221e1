import type { Outgoing } from '../frames/outgoing.ts'

/** What one subscription may add per round: a few dozen events, so that eight that are far behind share one write. */
const quantumBytes = 8 * 1024

/** Somebody who takes turns at a write. */
export interface Sharer {
  readonly key: string
  /** Bytes it may still add; below zero after a message longer than its share. */
  deficitBytes: number
}

/**
 * Divides a write among the subscriptions of a connection: deficit round robin by bytes. One that is far behind
 * never fills a write while another has something to say, so what happens in one run does not wait behind the text
 * of another (S12).
 */
export class FairShare {
  /** Whose turn is the first of the next write; kept by name, for it may be gone by then. */
  #nextKey: string | null = null

  /** `take` adds what it can and answers whether it could go on at once, had it more room. */
  divide<Each extends Sharer>(due: readonly Each[], out: Outgoing, take: (each: Each) => boolean): void {
    if (due.length === 1) {
      for (const only of due) take(only)
      return
    }
    const first = Math.max(
      0,
      due.findIndex(({ key }) => key === this.#nextKey),
    )
    let round = [...due.slice(first), ...due.slice(0, first)]
    this.#nextKey = round[1]?.key ?? null
    while (round.length > 0) {
      const again: Each[] = []
      for (const each of round) {
        if (out.isSpent) {
          this.#nextKey = each.key
          return
        }
        if (takeShare(each, out, take)) again.push(each)
      }
      round = again
    }
  }
}

/** False: it has nothing more to add now. */
function takeShare<Each extends Sharer>(each: Each, out: Outgoing, take: (each: Each) => boolean): boolean {
  each.deficitBytes += quantumBytes
  if (each.deficitBytes <= 0) return true
  const before = out.takenBytes
  out.grant(each.deficitBytes)
  const hasMore = take(each)
  const added = out.takenBytes - before
  // Who waits for nothing saves nothing up.
  each.deficitBytes = hasMore ? each.deficitBytes - added : Math.min(0, each.deficitBytes - added)
  return hasMore
}
