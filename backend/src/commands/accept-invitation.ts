import type { NewAccount, Role } from '@millrace/shared/api/auth'
import type { AcceptedInvitation } from '@millrace/shared/api/workspaces'
import { AppError } from '@millrace/shared/errors/app-error'
import type { z } from 'zod'
import type { AccessTokens } from '../auth/access-tokens.ts'
import { hashPassword } from '../auth/password-hash.ts'
import { hashToken } from '../auth/token-hash.ts'
import type { LiveAuthority } from '../policies/live-authority.ts'
import { higherRole, membershipLimits } from '../policies/membership-limits.ts'
import { insertAuthorityChanges } from '../repositories/authority-changes.ts'
import type { Database, Tx } from '../repositories/database.ts'
import { findOpenInvitation, type InvitationRow, takeInvitation } from '../repositories/invitations.ts'
import { countMembers, countWorkspacesOf, setRole } from '../repositories/members.ts'
import { newId } from '../repositories/new-id.ts'
import { insertUserOnce, lockUser } from '../repositories/users.ts'
import { findRole, insertMembership, lockWorkspace } from '../repositories/workspaces.ts'
import { type OpenedSession, openSession } from './open-session.ts'

/**
 * Makes a signed-in person a member. Who is one already keeps the higher of both roles. Throws AppError
 * INVITATION_NOT_FOUND for every token that opens nothing, LIMIT_REACHED.
 */
export async function acceptInvitation(
  { database, live }: { database: Database; live: LiveAuthority },
  userId: string,
  token: string,
): Promise<AcceptedInvitation> {
  const invitation = await openInvitation(database, token)
  const role = await database.transaction((tx) => join(tx, invitation, userId))
  await live.refresh(userId)
  return { workspaceId: invitation.workspaceId, role }
}

/**
 * Makes the account, its membership and its first sign-in, together or not at all. Throws AppError
 * INVITATION_NOT_FOUND; EMAIL_TAKEN only to who holds a token that is good, so that nobody else learns who has an account.
 */
export async function acceptWithAccount(
  { database, accessTokens }: { database: Database; accessTokens: AccessTokens },
  token: string,
  { email, password, name }: z.output<typeof NewAccount>,
): Promise<OpenedSession> {
  const invitation = await openInvitation(database, token)
  const passwordHash = await hashPassword(password)
  const user = { id: newId(), email, name, passwordHash, isOwner: false, createdAt: Date.now() }
  return database.transaction(async (tx) => {
    if (!(await insertUserOnce(tx, user))) throw new AppError('EMAIL_TAKEN')
    await join(tx, invitation, user.id)
    return openSession(tx, accessTokens, user)
  })
}

async function openInvitation(database: Database, token: string): Promise<InvitationRow> {
  const invitation = await findOpenInvitation(database.orm, hashToken(token), Date.now())
  if (invitation === null) throw new AppError('INVITATION_NOT_FOUND')
  return invitation
}

/** Uses the invitation up; of two at the same time the second finds none. Answers the role that holds now. */
async function join(tx: Tx, { id, workspaceId, role }: InvitationRow, userId: string): Promise<Role> {
  const now = Date.now()
  await lockWorkspace(tx, workspaceId)
  await lockUser(tx, userId)
  if (!(await takeInvitation(tx, id, { userId, now }))) throw new AppError('INVITATION_NOT_FOUND')
  const former = await findRole(tx, workspaceId, userId)
  const next = former === null ? role : higherRole(former, role)
  if (next === former) return next
  if (former === null) {
    await requireRoom(tx, workspaceId, userId)
    await insertMembership(tx, { workspaceId, userId, role: next, createdAt: now })
  } else {
    await setRole(tx, { workspaceId, userId }, next)
  }
  await insertAuthorityChanges(tx, 'user', [userId])
  return next
}

async function requireRoom(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  const { membersPerWorkspaceMax, workspacesPerUserMax } = membershipLimits
  if ((await countMembers(tx, workspaceId)) >= membersPerWorkspaceMax) {
    throw new AppError('LIMIT_REACHED', { membersPerWorkspaceMax })
  }
  if ((await countWorkspacesOf(tx, userId)) >= workspacesPerUserMax) {
    throw new AppError('LIMIT_REACHED', { workspacesPerUserMax })
  }
}
