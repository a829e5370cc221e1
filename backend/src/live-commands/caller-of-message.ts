import { AppError } from '@millrace/shared/errors/app-error'
import type { ErrorCode } from '@millrace/shared/errors/catalogue'
import { findCurrentRole } from '../auth/current-role.ts'
import { type Caller, callerOf } from '../policies/caller.ts'
import { isPermitted, type Permission, requirePermission } from '../policies/permissions.ts'
import type { Identity } from '../websocket/identity.ts'
import type { LiveCommandDeps } from './live-command-deps.ts'

/**
 * Who asks for something, in the workspace that it belongs to, with the role of this moment. Whoever may do such
 * things nowhere is refused before anything is looked up; then unknown and foreign are the same. While rights are
 * unknown nobody has any. Throws AppError FORBIDDEN, INVALID_TOKEN, DATABASE_UNAVAILABLE or `notFound`.
 */
export async function callerOfMessage(
  { database, manager }: Pick<LiveCommandDeps, 'database' | 'manager'>,
  identity: Identity,
  { permission, findWorkspace, notFound }: Asked,
): Promise<Caller> {
  requireSomewhere(identity, permission)
  if (manager.rights.isHeld) throw new AppError('DATABASE_UNAVAILABLE')
  const workspaceId = await findWorkspace()
  const role = workspaceId === null ? null : await findCurrentRole(database.orm, identity, workspaceId)
  if (workspaceId === null || role === null) throw new AppError(notFound)
  const caller = { ...callerOf(identity, workspaceId), role }
  requirePermission(caller, permission)
  return caller
}

interface Asked {
  permission: Permission
  findWorkspace: () => Promise<string | null>
  /** What is answered for what is unknown or foreign. */
  notFound: ErrorCode
}

/** Throws AppError FORBIDDEN for who has the permission in none of its workspaces, and for guests. */
export function requireSomewhere({ kind, workspaces, scopes }: Identity, permission: Permission): void {
  const isAllowed =
    kind !== 'share' && workspaces.some(({ role }) => isPermitted({ role, scopes: scopes ?? null }, permission))
  if (!isAllowed) throw new AppError('FORBIDDEN', { permission })
}
