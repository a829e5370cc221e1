import { timingSafeEqual } from 'node:crypto'
import { AppError } from '@millrace/shared/errors/app-error'
import type { EventOwner } from '@millrace/temporal/ports'
import type { AccessTokens } from '../auth/access-tokens.ts'
import { hashPassword } from '../auth/password-hash.ts'
import { hashToken } from '../auth/token-hash.ts'
import type { Database } from '../repositories/database.ts'
import { newId } from '../repositories/new-id.ts'
import { claimSetting } from '../repositories/settings.ts'
import { hasOwner, insertUser } from '../repositories/users.ts'
import { insertMembership, insertWorkspace } from '../repositories/workspaces.ts'
import { type OpenedSession, openSession } from './open-session.ts'

export interface OwnerSetup {
  email: string
  password: string
  name: string
  setupToken?: string | undefined
}

export interface SetUpOwnerDeps {
  database: Database
  accessTokens: AccessTokens
  /** Null: not needed, only this machine can reach the server. */
  setupToken: string | null
}

/**
 * Creates the owner and the first workspace, once per installation: of two requests at the same time one wins.
 * Throws AppError SETUP_ALREADY_DONE, SETUP_TOKEN_REQUIRED.
 */
export async function setUpOwner(
  { database, accessTokens, setupToken }: SetUpOwnerDeps,
  { email, password, name, setupToken: givenToken }: OwnerSetup,
): Promise<OpenedSession & { owner: EventOwner }> {
  if (await hasOwner(database.orm)) throw new AppError('SETUP_ALREADY_DONE')
  if (setupToken !== null && !isSameToken(givenToken ?? '', setupToken)) throw new AppError('SETUP_TOKEN_REQUIRED')
  const passwordHash = await hashPassword(password)
  const now = Date.now()
  const user = { id: newId(), email, name, passwordHash, isOwner: true, createdAt: now }
  const workspaceId = newId()
  const session = await database.transaction(async (tx) => {
    if (!(await claimSetting(tx, 'owner', { userId: user.id }, now))) return null
    await insertUser(tx, user)
    await insertWorkspace(tx, { id: workspaceId, name: 'Workspace', createdAt: now })
    await insertMembership(tx, { workspaceId, userId: user.id, role: 'owner', createdAt: now })
    return openSession(tx, accessTokens, user)
  })
  if (session === null) throw new AppError('SETUP_ALREADY_DONE')
  return { ...session, owner: { workspaceId, userId: user.id } }
}

/** Compared as hashes, so that neither length nor content shows in the time. */
function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(given)), Buffer.from(hashToken(expected)))
}
