/**
 * Runs what uses the session's cookie in one tab at a time: the cookie changes with every renewal, and a used one counts
 * as stolen. What runs here must end by itself, for all tabs wait for it, and must not ask for the lock again.
 */
export function inSessionLock<Result>(work: () => Promise<Result>): Promise<Result> {
  const locks = typeof navigator === 'undefined' ? undefined : (navigator.locks as LockManager | undefined)
  if (locks === undefined) return work()
  return locks.request('millrace-refresh', work) as Promise<Result>
}
