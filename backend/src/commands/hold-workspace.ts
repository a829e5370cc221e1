import { AppError } from '@millrace/shared/errors/app-error'
import { type Permission, requirePermission } from '../policies/permissions.ts'
import type { Tx } from '../repositories/database.ts'
import { findRole, lockWorkspace } from '../repositories/workspaces.ts'

/**
 * Holds the workspace until the end of the transaction, and asks again behind the lock what its member may do: who is
 * shown out at this moment leaves nothing behind, and bounds hold for requests at the same time. Throws AppError
 * WORKSPACE_NOT_FOUND for who is no member any more, FORBIDDEN.
 */
export async function holdWorkspace(
  tx: Tx,
  { workspaceId, userId }: { workspaceId: string; userId: string },
  permission: Permission,
): Promise<void> {
  await lockWorkspace(tx, workspaceId)
  const role = await findRole(tx, workspaceId, userId)
  if (role === null) throw new AppError('WORKSPACE_NOT_FOUND')
  requirePermission({ role, scopes: null }, permission)
}
