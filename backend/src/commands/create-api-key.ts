import type { CreatedApiKey } from '@millrace/shared/api/auth'
import { AppError } from '@millrace/shared/errors/app-error'
import { apiKeyPrefix } from '../auth/authenticate.ts'
import { createToken, hashToken } from '../auth/token-hash.ts'
import { membershipLimits } from '../policies/membership-limits.ts'
import type { Scope } from '../policies/permissions.ts'
import { countApiKeys, insertApiKey } from '../repositories/api-keys.ts'
import type { Database } from '../repositories/database.ts'
import { newId } from '../repositories/new-id.ts'
import { holdWorkspace } from './hold-workspace.ts'

/** Characters of a key that its list shows, its prefix included: enough to recognise it, of no use to anybody. */
const shownCharacters = 8

/**
 * Makes a key with the rights of its maker, limited to the scopes. The answer is the only place where it ever appears.
 * Throws AppError WORKSPACE_NOT_FOUND, LIMIT_REACHED.
 */
export async function createApiKey(
  database: Database,
  owner: { workspaceId: string; userId: string },
  { name, scopes }: { name: string; scopes: Scope[] },
): Promise<CreatedApiKey> {
  const key = createToken(apiKeyPrefix)
  const shown = { id: newId(), name, prefix: key.slice(0, shownCharacters), scopes, createdAt: Date.now() }
  const { workspaceId, userId } = owner
  await database.transaction(async (tx) => {
    await holdWorkspace(tx, owner, 'manageOwnKeys')
    const { apiKeysPerMemberMax } = membershipLimits
    if ((await countApiKeys(tx, owner)) >= apiKeysPerMemberMax) {
      throw new AppError('LIMIT_REACHED', { apiKeysPerMemberMax })
    }
    await insertApiKey(tx, { ...shown, workspaceId, userId, keyHash: hashToken(key) })
  })
  return { ...shown, key }
}
