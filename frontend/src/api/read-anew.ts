import type { QueryClient, QueryFilters } from '@tanstack/react-query'

/**
 * Reads anew what was read before, because it may have changed. A first read that is under way counts as before: the
 * cache itself would let it go on, and its answer may be of a moment ago.
 */
export function readAnew(cache: QueryClient, filters: QueryFilters): void {
  const firstReads = cache
    .getQueryCache()
    .findAll({ ...filters, fetchStatus: 'fetching' })
    .filter(({ state }) => state.data === undefined)
  void cache.invalidateQueries(filters)
  for (const { queryKey, promise } of firstReads) {
    promise?.then(
      () => cache.invalidateQueries({ queryKey, exact: true }),
      // Told where it is shown.
      () => undefined,
    )
  }
}
