import type { Logger } from 'pino'
import type { Database } from '../repositories/database.ts'
import { deleteIdempotentBefore } from '../repositories/idempotency-keys.ts'
import { deleteExpiredRefreshTokens } from '../repositories/refresh-tokens.ts'
import type { Closers } from './closers.ts'

const intervalMs = 60 * 60 * 1000
/** How long an `Idempotency-Key` is remembered. */
const idempotencyKeptMs = 24 * 60 * 60 * 1000

/** Removes, once an hour, rows that nothing asks for any more, so that these tables do not grow for ever. */
export function startHousekeeping(database: Database, closers: Closers, logger: Logger): void {
  let sweeping: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    sweeping = sweep(database).catch((err: unknown) => logger.warn({ err }, 'old rows could not be removed'))
  }, intervalMs)
  timer.unref()
  closers.push('housekeeping', () => {
    clearInterval(timer)
    return sweeping
  })
}

async function sweep(database: Database): Promise<void> {
  const now = Date.now()
  await deleteIdempotentBefore(database.orm, now - idempotencyKeptMs)
  await deleteExpiredRefreshTokens(database.orm, now)
}
