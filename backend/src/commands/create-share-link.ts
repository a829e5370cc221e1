import type { CreatedShareLink } from '@millrace/shared/api/share-links'
import { AppError } from '@millrace/shared/errors/app-error'
import { createToken, hashToken } from '../auth/token-hash.ts'
import type { Caller } from '../policies/caller.ts'
import { membershipLimits } from '../policies/membership-limits.ts'
import { requirePermission } from '../policies/permissions.ts'
import type { Database } from '../repositories/database.ts'
import { findExecution } from '../repositories/executions.ts'
import { newId } from '../repositories/new-id.ts'
import { countOpenShareLinks, insertShareLink } from '../repositories/share-links.ts'
import { findRole, lockWorkspace } from '../repositories/workspaces.ts'

const hourMs = 60 * 60 * 1000

/**
 * Makes a link by which people without an account watch one execution. The answer is the only place where its token
 * ever appears. Throws AppError EXECUTION_NOT_FOUND, LIMIT_REACHED.
 */
export async function createShareLink(
  database: Database,
  { workspaceId, userId, name }: Caller,
  { executionId, expiresInHours }: { executionId: string; expiresInHours: number },
): Promise<CreatedShareLink> {
  const token = createToken('')
  const createdAt = Date.now()
  const row = { id: newId(), executionId, createdAt, expiresAt: createdAt + expiresInHours * hourMs }
  await database.transaction(async (tx) => {
    await lockWorkspace(tx, workspaceId)
    // Behind the lock: who is shown out at this moment leaves no link behind.
    const role = await findRole(tx, workspaceId, userId)
    if (role === null) throw new AppError('EXECUTION_NOT_FOUND', { executionId })
    requirePermission({ role, scopes: null }, 'share')
    if ((await findExecution(tx, workspaceId, executionId)) === null) {
      throw new AppError('EXECUTION_NOT_FOUND', { executionId })
    }
    const { openLinksPerExecutionMax } = membershipLimits
    if ((await countOpenShareLinks(tx, executionId, createdAt)) >= openLinksPerExecutionMax) {
      throw new AppError('LIMIT_REACHED', { openLinksPerExecutionMax })
    }
    await insertShareLink(tx, { ...row, workspaceId, tokenHash: hashToken(token), createdBy: userId })
  })
  return { ...row, createdByName: name, token }
}
