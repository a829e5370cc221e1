import { AppError } from '@millrace/shared/errors/app-error'
import type { LiveAuthority } from '../policies/live-authority.ts'
import type { Database } from '../repositories/database.ts'
import { deleteMembership } from '../repositories/members.ts'
import { findRole, lockWorkspace } from '../repositories/workspaces.ts'
import { requireAnotherOwner, requireOwner } from './change-member-role.ts'
import { endFormerRights } from './end-former-rights.ts'

/**
 * Shows a member out, or lets one leave. Keys, invitations and share links of theirs in this workspace end with it.
 * Throws AppError FORBIDDEN when the one who asks may not, MEMBER_NOT_FOUND, LAST_OWNER.
 */
export async function removeMember(
  { database, live }: { database: Database; live: LiveAuthority },
  by: { workspaceId: string; userId: string },
  userId: string,
): Promise<void> {
  const { workspaceId } = by
  const member = { workspaceId, userId }
  const endedLinkIds = await database.transaction(async (tx) => {
    await lockWorkspace(tx, workspaceId)
    if (userId !== by.userId) await requireOwner(tx, by)
    const role = await findRole(tx, workspaceId, userId)
    if (role === null) throw new AppError('MEMBER_NOT_FOUND', { userId })
    if (role === 'owner') await requireAnotherOwner(tx, workspaceId)
    await deleteMembership(tx, member)
    return endFormerRights(tx, member, null)
  })
  for (const linkId of endedLinkIds) live.revoke(linkId)
  await live.refresh(userId)
}
