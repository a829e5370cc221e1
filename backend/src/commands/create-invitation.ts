import type { Role } from '@millrace/shared/api/auth'
import type { CreatedInvitation } from '@millrace/shared/api/workspaces'
import { AppError } from '@millrace/shared/errors/app-error'
import { createToken, hashToken } from '../auth/token-hash.ts'
import type { Caller } from '../policies/caller.ts'
import { membershipLimits } from '../policies/membership-limits.ts'
import type { Database } from '../repositories/database.ts'
import { countOpenInvitations, insertInvitation } from '../repositories/invitations.ts'
import { newId } from '../repositories/new-id.ts'
import { lockWorkspace } from '../repositories/workspaces.ts'
import { requireOwner } from './change-member-role.ts'

const hourMs = 60 * 60 * 1000

/** Makes a link by which one person joins. The answer is the only place where its token ever appears. Throws AppError LIMIT_REACHED. */
export async function createInvitation(
  database: Database,
  { workspaceId, userId, name }: Caller,
  { role, expiresInHours }: { role: Role; expiresInHours: number },
): Promise<CreatedInvitation> {
  const token = createToken('')
  const createdAt = Date.now()
  const row = { id: newId(), role, createdAt, expiresAt: createdAt + expiresInHours * hourMs }
  await database.transaction(async (tx) => {
    await lockWorkspace(tx, workspaceId)
    await requireOwner(tx, { workspaceId, userId })
    const { openInvitationsPerWorkspaceMax } = membershipLimits
    if ((await countOpenInvitations(tx, workspaceId, createdAt)) >= openInvitationsPerWorkspaceMax) {
      throw new AppError('LIMIT_REACHED', { openInvitationsPerWorkspaceMax })
    }
    await insertInvitation(tx, { ...row, workspaceId, tokenHash: hashToken(token), createdBy: userId })
  })
  return { ...row, createdByName: name, token }
}
