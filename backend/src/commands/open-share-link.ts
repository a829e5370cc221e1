import type { OpenedShareLink } from '@millrace/shared/api/share-links'
import { AppError } from '@millrace/shared/errors/app-error'
import type { ShareTokens } from '../auth/share-tokens.ts'
import { hashToken } from '../auth/token-hash.ts'
import type { Database } from '../repositories/database.ts'
import { findOpenShareLink, touchShareLink } from '../repositories/share-links.ts'

/** Gives who holds the link a token for its execution. Throws AppError SHARE_LINK_NOT_FOUND for every token that opens nothing. */
export async function openShareLink(
  { database, shareTokens }: { database: Database; shareTokens: ShareTokens },
  token: string,
): Promise<OpenedShareLink> {
  const now = Date.now()
  const link = await findOpenShareLink(database.orm, { tokenHash: hashToken(token) }, now)
  if (link === null) throw new AppError('SHARE_LINK_NOT_FOUND')
  await touchShareLink(database.orm, link.id, now)
  const { executionId, workflowName, sharedByName, expiresAt } = link
  return {
    ...shareTokens.issue({ linkId: link.id, linkExpiresAt: expiresAt }),
    executionId,
    workflowName,
    sharedByName,
    expiresAt,
  }
}
