import { AppError } from '@millrace/shared/errors/app-error'
import type { LiveAuthority } from '../policies/live-authority.ts'
import { insertAuthorityChanges } from '../repositories/authority-changes.ts'
import type { Database } from '../repositories/database.ts'
import { revokeShareLink as endLink } from '../repositories/share-links.ts'

/** Takes a link back, and closes what is open by it. Throws AppError SHARE_LINK_NOT_FOUND. */
export async function revokeShareLink(
  { database, live }: { database: Database; live: LiveAuthority },
  link: { workspaceId: string; id: string },
): Promise<void> {
  await database.transaction(async (tx) => {
    if (!(await endLink(tx, link, Date.now()))) throw new AppError('SHARE_LINK_NOT_FOUND', { shareLinkId: link.id })
    await insertAuthorityChanges(tx, 'credential', [link.id])
  })
  live.revoke(link.id)
}
