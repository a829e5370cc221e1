import type { Logger } from 'pino'
import type { DocumentFiles } from '../knowledge/document-files.ts'
import { deleteAuthorityChangesBefore } from '../repositories/authority-changes.ts'
import type { Database } from '../repositories/database.ts'
import { listStoredFiles } from '../repositories/documents.ts'
import { deleteDeliveriesBefore } from '../repositories/hook-deliveries.ts'
import { deleteIdempotentBefore } from '../repositories/idempotency-keys.ts'
import { deleteExpiredInvitations } from '../repositories/invitations.ts'
import { deleteExpiredRefreshTokens } from '../repositories/refresh-tokens.ts'
import { deleteExpiredShareLinks } from '../repositories/share-links.ts'
import { deleteExpiredSignIns } from '../repositories/sign-ins.ts'
import type { Closers } from './closers.ts'

const intervalMs = 60 * 60 * 1000
/** How long an `Idempotency-Key` is remembered. */
const idempotencyKeptMs = 24 * 60 * 60 * 1000
/** How long the result of a hook's delivery can be seen, and asked for again. */
const deliveriesKeptMs = 14 * 24 * 60 * 60 * 1000

/** Far beyond the time for which a process may be without a look at changed rights; see `AuthorityWatch`. */
const authorityChangesKeptMs = 60 * 60 * 1000
/** How long one can still look up who was invited by a link that is over. */
const endedLinksKeptMs = 30 * 24 * 60 * 60 * 1000

/** Removes, at once and then every hour, rows and files that nothing asks for any more, so that they do not grow for ever. */
export function startHousekeeping(
  parts: { database: Database; files: DocumentFiles },
  closers: Closers,
  logger: Logger,
): void {
  const sweepOnce = () =>
    sweep(parts).catch((err: unknown) => logger.warn({ err }, 'what nobody needs any more could not be removed'))
  let sweeping = sweepOnce()
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweepOnce)
  }, intervalMs)
  timer.unref()
  closers.push('housekeeping', () => {
    clearInterval(timer)
    return sweeping
  })
}

async function sweep({ database, files }: { database: Database; files: DocumentFiles }): Promise<void> {
  const now = Date.now()
  await deleteIdempotentBefore(database.orm, now - idempotencyKeptMs)
  await deleteExpiredRefreshTokens(database.orm, now)
  await deleteExpiredSignIns(database.orm, now)
  await deleteDeliveriesBefore(database.orm, now - deliveriesKeptMs)
  await deleteAuthorityChangesBefore(database.orm, now - authorityChangesKeptMs)
  await deleteExpiredInvitations(database.orm, now - endedLinksKeptMs)
  await deleteExpiredShareLinks(database.orm, now - endedLinksKeptMs)
  // Files are stored before their rows; the age that an orphan must have covers an upload under way.
  await files.removeOrphans(new Set(await listStoredFiles(database.orm)))
}
