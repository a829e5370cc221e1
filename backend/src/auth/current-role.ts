import type { Role } from '@millrace/shared/api/auth'
import { AppError } from '@millrace/shared/errors/app-error'
import { isApiKeyAlive } from '../repositories/api-keys.ts'
import type { Tx } from '../repositories/database.ts'
import { isSignInAlive } from '../repositories/sign-ins.ts'
import { findRole } from '../repositories/workspaces.ts'
import type { Identity } from '../websocket/identity.ts'

/**
 * The role of somebody who is connected as it is now, read as for a request over HTTP: what was taken away elsewhere
 * a moment ago may not have reached the connection. Null: none in this workspace. Throws AppError INVALID_TOKEN when
 * the sign-in or the key is over.
 */
export async function findCurrentRole(tx: Tx, identity: Identity, workspaceId: string): Promise<Role | null> {
  const { kind, userId, credentialId, workspaces } = identity
  if (kind === 'share' || !workspaces.some(({ id }) => id === workspaceId)) return null
  if (credentialId !== undefined) {
    const isAlive =
      kind === 'apiKey' ? await isApiKeyAlive(tx, credentialId) : await isSignInAlive(tx, credentialId, userId)
    if (!isAlive) throw new AppError('INVALID_TOKEN')
  }
  return findRole(tx, workspaceId, userId)
}
