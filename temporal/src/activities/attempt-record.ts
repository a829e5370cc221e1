/**
 * What one attempt leaves to the next, in the heartbeat details: the server keeps the last ones across
 * attempts, and the worker sends them off before it reports a failure. An attempt that dies leaves the record
 * as it found it, so a lost worker counts as nothing (R6). Losing the last heartbeat can only grant one attempt
 * too many, never one too few.
 */
export interface AttemptRecord {
  /** Real failures so far. */
  failures: number
  /** Attempts up to this one have their `node:retry` in the log (R5). */
  toldUntil: number
}

export function readAttemptRecord(details: unknown): AttemptRecord {
  if (typeof details !== 'object' || details === null) return { failures: 0, toldUntil: 0 }
  const { failures, toldUntil } = details as Partial<Record<keyof AttemptRecord, unknown>>
  return { failures: countOf(failures), toldUntil: countOf(toldUntil) }
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0
}
