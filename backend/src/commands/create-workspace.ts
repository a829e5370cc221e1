import type { Workspace } from '@millrace/shared/api/workspaces'
import { AppError } from '@millrace/shared/errors/app-error'
import type { LiveAuthority } from '../policies/live-authority.ts'
import { membershipLimits } from '../policies/membership-limits.ts'
import { insertAuthorityChanges } from '../repositories/authority-changes.ts'
import type { Database } from '../repositories/database.ts'
import { countWorkspacesOf } from '../repositories/members.ts'
import { newId } from '../repositories/new-id.ts'
import { lockUser } from '../repositories/users.ts'
import { findRole, insertMembership, insertWorkspace } from '../repositories/workspaces.ts'

/**
 * Makes a workspace whose only member, and owner, is its maker. `seed`: makes a repeated request find what the first
 * one made. Throws AppError LIMIT_REACHED.
 */
export async function createWorkspace(
  { database, live }: { database: Database; live: LiveAuthority },
  userId: string,
  { name, seed }: { name: string; seed: string | null },
): Promise<Workspace> {
  const row = { id: seed?.slice(0, 20) ?? newId(), name, createdAt: Date.now() }
  await database.transaction(async (tx) => {
    await lockUser(tx, userId)
    if (seed !== null && (await findRole(tx, row.id, userId)) !== null) return
    const { workspacesPerUserMax } = membershipLimits
    if ((await countWorkspacesOf(tx, userId)) >= workspacesPerUserMax) {
      throw new AppError('LIMIT_REACHED', { workspacesPerUserMax })
    }
    await insertWorkspace(tx, row)
    await insertMembership(tx, { workspaceId: row.id, userId, role: 'owner', createdAt: row.createdAt })
    await insertAuthorityChanges(tx, 'user', [userId])
  })
  await live.refresh(userId)
  return { ...row, role: 'owner', memberCount: 1 }
}
