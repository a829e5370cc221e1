import type { ScoredPassage } from '../../repositories/chunk-search.ts'

/** Cormack, Clarke and Büttcher, SIGIR 2009: damps the lead of the first ranks. */
const damping = 60

/**
 * Merges rankings whose scores cannot be compared: each gives 1 / (60 + rank). The sum is scaled so that the first in
 * every ranking has score 1. Ties are broken by the order of the first ranking, then by id.
 */
export function mergeByReciprocalRank(rankings: ScoredPassage[][]): ScoredPassage[] {
  const sums = new Map<string, number>()
  for (const ranking of rankings) {
    for (const [index, { id }] of ranking.entries()) sums.set(id, (sums.get(id) ?? 0) + 1 / (damping + index + 1))
  }
  const best = rankings.length / (damping + 1)
  const places = new Map(rankings[0]?.map(({ id }, index) => [id, index]))
  const placeOf = (id: string) => places.get(id) ?? Number.MAX_SAFE_INTEGER
  return [...sums]
    .map(([id, sum]) => ({ id, score: Math.min(1, sum / best) }))
    .toSorted(
      (left, right) =>
        right.score - left.score || placeOf(left.id) - placeOf(right.id) || (left.id < right.id ? -1 : 1),
    )
}
