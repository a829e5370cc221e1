import { AppError } from '@millrace/shared/errors/app-error'
import type { ErrorCode } from '@millrace/shared/errors/catalogue'
import { type Caller, callerOf } from '../policies/caller.ts'
import { isPermitted, type Permission, requirePermission } from '../policies/permissions.ts'
import type { Identity } from '../websocket/identity.ts'

/**
 * Who asks for something, in the workspace that it belongs to. Whoever may do such things nowhere is refused
 * before anything is looked up; then unknown and foreign are the same. Throws AppError FORBIDDEN or `notFound`.
 */
export async function callerOfMessage(
  identity: Identity,
  permission: Permission,
  { findWorkspace, notFound }: { findWorkspace: () => Promise<string | null>; notFound: ErrorCode },
): Promise<Caller> {
  requireSomewhere(identity, permission)
  const workspaceId = await findWorkspace()
  if (workspaceId === null || !identity.workspaces.some(({ id }) => id === workspaceId)) throw new AppError(notFound)
  const caller = callerOf(identity, workspaceId)
  requirePermission(caller, permission)
  return caller
}

/** Throws AppError FORBIDDEN for who has the permission in none of its workspaces, and for guests. */
export function requireSomewhere({ kind, workspaces, scopes }: Identity, permission: Permission): void {
  const isAllowed =
    kind !== 'share' && workspaces.some(({ role }) => isPermitted({ role, scopes: scopes ?? null }, permission))
  if (!isAllowed) throw new AppError('FORBIDDEN', { permission })
}
