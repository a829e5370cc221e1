import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'

/** SQLSTATE classes and codes of a server that cannot be reached, is going or coming, or has no room (Postgres, appendix A). */
const serverAway = /^(08|53|57P0[1-4])/
/** Of the system: nobody listens, the way is cut, or nothing comes back. */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
])
/** What the driver says without a code. */
const driverWords =
  /^(connection terminated|timeout exceeded when trying|timeout expired|query read timeout|client .* not queryable)/i

/** Causes of causes that are looked at: a query builder wraps the driver's error once or twice. */
const causesMax = 5

/** Whether a failure says nothing of what was asked, only that the database could not be. */
export function isConnectionError(error: unknown): boolean {
  let at = error
  for (let depth = 0; depth < causesMax && at instanceof Error; depth += 1) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : ''
    if (serverAway.test(code) || networkCodes.has(code) || driverWords.test(at.message)) return true
    at = at.cause
  }
  return false
}

/** A lost database by its name, DATABASE_UNAVAILABLE, so that callers know that trying again helps; else what was given. */
export function nameConnectionError(error: unknown): unknown {
  if (errorCodeOf(error) !== null || !isConnectionError(error)) return error
  return new AppError('DATABASE_UNAVAILABLE', undefined, { cause: error })
}
