/** Requests of the same interval share an address, so that a cache in between may answer them together, milliseconds. */
const intervalMs = 20_000

/** Where counting begins; any fixed time in the past does. */
const countedFrom = Date.UTC(2024, 9, 9)

/** How far ahead of a client's own cursor an answer may be, in intervals: it spreads clients that ask together. */
const jitterIntervalsMax = 180

/**
 * The cursor of an answer to who waits for news: a number that rises, so that the next request never has the address of
 * the one before and no cache answers it with an old "nothing new". Always above the client's own.
 */
export function streamCursor(clientCursor: string | undefined, now: number): string {
  const current = Math.floor((now - countedFrom) / intervalMs)
  const known = clientCursor !== undefined && /^\d{1,15}$/.test(clientCursor) ? Number(clientCursor) : -1
  if (known < current) return String(current)
  return String(known + 1 + Math.floor(Math.random() * jitterIntervalsMax))
}
