import type { CreatedApiKey } from '@millrace/shared/api/auth'
import { apiKeyPrefix } from '../auth/authenticate.ts'
import { createToken, hashToken } from '../auth/token-hash.ts'
import type { Scope } from '../policies/permissions.ts'
import { insertApiKey } from '../repositories/api-keys.ts'
import type { Database } from '../repositories/database.ts'
import { newId } from '../repositories/new-id.ts'

/** Characters of a key that its list shows, its prefix included: enough to recognise it, of no use to anybody. */
const shownCharacters = 8

/** Makes a key with the rights of its maker, limited to the scopes. The answer is the only place where it ever appears. */
export async function createApiKey(
  database: Database,
  { workspaceId, userId }: { workspaceId: string; userId: string },
  { name, scopes }: { name: string; scopes: Scope[] },
): Promise<CreatedApiKey> {
  const key = createToken(apiKeyPrefix)
  const shown = { id: newId(), name, prefix: key.slice(0, shownCharacters), scopes, createdAt: Date.now() }
  await insertApiKey(database.orm, { ...shown, workspaceId, userId, keyHash: hashToken(key) })
  return { ...shown, key }
}
