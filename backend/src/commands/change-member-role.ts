import type { Role } from '@millrace/shared/api/auth'
import { AppError } from '@millrace/shared/errors/app-error'
import type { LiveAuthority } from '../policies/live-authority.ts'
import type { Database, Tx } from '../repositories/database.ts'
import { countMembers, setRole } from '../repositories/members.ts'
import { findRole, lockWorkspace } from '../repositories/workspaces.ts'
import { endFormerRights } from './end-former-rights.ts'

/**
 * Gives a member another role, which counts everywhere at once. Throws AppError FORBIDDEN when the one who asks is no
 * owner any more, MEMBER_NOT_FOUND, LAST_OWNER.
 */
export async function changeMemberRole(
  { database, live }: { database: Database; live: LiveAuthority },
  { workspaceId, userId: byUserId }: { workspaceId: string; userId: string },
  { userId, role }: { userId: string; role: Role },
): Promise<void> {
  const member = { workspaceId, userId }
  const endedLinkIds = await database.transaction(async (tx) => {
    await lockWorkspace(tx, workspaceId)
    await requireOwner(tx, { workspaceId, userId: byUserId })
    const former = await findRole(tx, workspaceId, userId)
    if (former === null) throw new AppError('MEMBER_NOT_FOUND', { userId })
    if (former === role) return []
    if (former === 'owner') await requireAnotherOwner(tx, workspaceId)
    await setRole(tx, member, role)
    return endFormerRights(tx, member, role)
  })
  for (const linkId of endedLinkIds) live.revoke(linkId)
  await live.refresh(userId)
}

/** Asked again behind the lock: of two owners who demote each other at the same time, one is not an owner any more. */
export async function requireOwner(tx: Tx, by: { workspaceId: string; userId: string }): Promise<void> {
  if ((await findRole(tx, by.workspaceId, by.userId)) !== 'owner') throw new AppError('FORBIDDEN')
}

/** Call with the workspace locked. Throws AppError LAST_OWNER. */
export async function requireAnotherOwner(tx: Tx, workspaceId: string): Promise<void> {
  if ((await countMembers(tx, workspaceId, 'owner')) <= 1) throw new AppError('LAST_OWNER')
}
