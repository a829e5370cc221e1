import { AppError } from '@millrace/shared/errors/app-error'
import { findApiKeyByHash, touchApiKey } from '../repositories/api-keys.ts'
import type { Database } from '../repositories/database.ts'
import { findOpenShareLink } from '../repositories/share-links.ts'
import { isSignInAlive } from '../repositories/sign-ins.ts'
import { findUser } from '../repositories/users.ts'
import { findRole, listMemberships } from '../repositories/workspaces.ts'
import type { Authenticate, Identity } from '../websocket/identity.ts'
import type { AccessTokens } from './access-tokens.ts'
import { type ShareTokens, shareTokenPrefix } from './share-tokens.ts'
import { hashToken } from './token-hash.ts'

export const apiKeyPrefix = 'mr_'

/** How exact `lastUsedAt` is: a write per request would cost more than the fact is worth. */
const lastUsedPrecisionMs = 60_000

/**
 * Tells who credentials belong to, for HTTP and the socket alike. Sign-in, key and memberships are
 * looked up each time, so that what was taken away is gone at once.
 */
export function createAuthenticate({
  database,
  accessTokens,
  shareTokens,
}: {
  database: Database
  accessTokens: AccessTokens
  shareTokens: ShareTokens
}): Authenticate {
  return async ({ token, apiKey }) => {
    // Programs that can only set Authorization may put a key there.
    const key = apiKey ?? (token?.startsWith(apiKeyPrefix) ? token : undefined)
    if (key !== undefined) return identityOfKey(key)
    if (token?.startsWith(shareTokenPrefix) === true) return identityOfShareToken(token)
    if (token !== undefined) return identityOfToken(token)
    throw new AppError('NOT_AUTHENTICATED')
  }

  async function identityOfToken(token: string): Promise<Identity> {
    const { userId, sessionId, expiresAt } = accessTokens.verify(token)
    const user = await findUser(database.orm, userId)
    if (user === null || !(await isSignInAlive(database.orm, sessionId, userId))) throw new AppError('INVALID_TOKEN')
    const memberships = await listMemberships(database.orm, userId)
    return {
      kind: 'user',
      userId,
      name: user.name,
      workspaces: memberships.map(({ workspaceId, role }) => ({ id: workspaceId, role })),
      isInstaller: user.isOwner,
      expiresAt,
      credentialId: sessionId,
    }
  }

  async function identityOfShareToken(token: string): Promise<Identity> {
    const { linkId, expiresAt } = shareTokens.verify(token)
    const link = await findOpenShareLink(database.orm, { id: linkId }, Date.now())
    if (link === null) throw new AppError('INVALID_TOKEN')
    return {
      kind: 'share',
      userId: `share:${link.id}`,
      name: 'Guest',
      workspaces: [{ id: link.workspaceId, role: 'viewer' }],
      scopes: ['read'],
      executionId: link.executionId,
      expiresAt: Math.min(expiresAt, link.expiresAt),
      credentialId: link.id,
    }
  }

  async function identityOfKey(key: string): Promise<Identity> {
    const row = key.startsWith(apiKeyPrefix) ? await findApiKeyByHash(database.orm, hashToken(key)) : null
    if (row === null) throw new AppError('INVALID_TOKEN')
    const user = await findUser(database.orm, row.userId)
    const role = await findRole(database.orm, row.workspaceId, row.userId)
    if (user === null || role === null) throw new AppError('INVALID_TOKEN')
    const now = Date.now()
    if (now - (row.lastUsedAt ?? 0) > lastUsedPrecisionMs) await touchApiKey(database.orm, row.id, now)
    return {
      kind: 'apiKey',
      userId: row.userId,
      name: user.name,
      workspaces: [{ id: row.workspaceId, role }],
      isInstaller: user.isOwner,
      scopes: row.scopes,
      expiresAt: null,
      credentialId: row.id,
    }
  }
}
