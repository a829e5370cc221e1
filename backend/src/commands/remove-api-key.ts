import { AppError } from '@millrace/shared/errors/app-error'
import type { LiveAuthority } from '../policies/live-authority.ts'
import { revokeApiKey } from '../repositories/api-keys.ts'
import { insertAuthorityChanges } from '../repositories/authority-changes.ts'
import type { Database } from '../repositories/database.ts'

/** Ends a key of one's own, and everything that is open in its name. Throws AppError API_KEY_NOT_FOUND. */
export async function removeApiKey(
  { database, live }: { database: Database; live: LiveAuthority },
  owner: { workspaceId: string; userId: string },
  id: string,
): Promise<void> {
  await database.transaction(async (tx) => {
    const isRevoked = await revokeApiKey(tx, owner, id, Date.now())
    if (!isRevoked) throw new AppError('API_KEY_NOT_FOUND', { apiKeyId: id })
    await insertAuthorityChanges(tx, 'credential', [id])
  })
  live.revoke(id)
}
