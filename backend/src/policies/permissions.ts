import type { apiKeyScopes, Role } from '@millrace/shared/api/auth'
import { AppError } from '@millrace/shared/errors/app-error'

export type Scope = (typeof apiKeyScopes)[number]

/** What a route can ask for. Each row: the roles that have it, and the scope that an API key needs for it. */
const permissions = {
  /** See everything of the workspace. */
  read: { roles: ['owner', 'editor', 'operator', 'viewer'], scope: 'read' },
  /** Change workflows, knowledge bases and documents. */
  edit: { roles: ['owner', 'editor'], scope: 'write' },
  /** Start and cancel executions. */
  run: { roles: ['owner', 'editor', 'operator'], scope: 'run' },
  /** Answer questions of executions. */
  answer: { roles: ['owner', 'editor', 'operator'], scope: 'answer' },
  /** Add and remove credentials. */
  manageCredentials: { roles: ['owner', 'editor'], scope: 'write' },
  /** See how the process delivers: counts of all workspaces together, so only for who set the installation up. */
  seeDelivery: { roles: ['owner'], scope: 'read', isForInstaller: true },
  /** See who belongs to the workspace, and leave it. Only in person, for the list shows e-mail addresses. */
  seeMembers: { roles: ['owner', 'editor', 'operator', 'viewer'], scope: null },
  /** Rename the workspace, invite people, change their roles and remove them. Only in person: a key must not make stronger ones. */
  manageMembers: { roles: ['owner'], scope: null },
  /** Tell every member of the workspace something. */
  announce: { roles: ['owner'], scope: 'write' },
  /** Show an execution to people outside by a link, and take the link back. Only in person, for it opens a door. */
  share: { roles: ['owner', 'editor'], scope: null },
  /** One's own API keys: only in person, for a key must not make a stronger one. */
  manageOwnKeys: { roles: ['owner', 'editor', 'operator', 'viewer'], scope: null },
} as const satisfies Record<string, PermissionRow>

interface PermissionRow {
  roles: readonly Role[]
  /** Null: never for a key. */
  scope: Scope | null
  isForInstaller?: true
}

export type Permission = keyof typeof permissions

/** The table, for its page in docs/roles.md. */
export const permissionTable: Readonly<Record<Permission, PermissionRow>> = permissions

/** The part of a caller that rights depend on. `scopes` null: signed in as a person, so all that the role allows. */
export interface Authority {
  role: Role
  scopes: readonly string[] | null
  /** Set the installation up. */
  isInstaller?: boolean
}

export function isPermitted(authority: Authority, permission: Permission): boolean {
  const { roles, scope, isForInstaller = false } = permissionTable[permission]
  if (!roles.includes(authority.role) || (isForInstaller && authority.isInstaller !== true)) return false
  return authority.scopes === null || (scope !== null && authority.scopes.includes(scope))
}

/**
 * Throws AppError FORBIDDEN. Only for what concerns the caller's own workspace: things of another one
 * are never found, so nothing here tells that they exist.
 */
export function requirePermission(authority: Authority, permission: Permission): void {
  if (!isPermitted(authority, permission)) throw new AppError('FORBIDDEN', { permission })
}
