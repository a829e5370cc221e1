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
  /** See how the process delivers: counts of all workspaces together, so only for who runs it. */
  seeDelivery: { roles: ['owner'], scope: 'read' },
  /** One's own API keys: only in person, for a key must not make a stronger one. */
  manageOwnKeys: { roles: ['owner', 'editor', 'operator', 'viewer'], scope: null },
} as const satisfies Record<string, { roles: readonly Role[]; scope: Scope | null }>

export type Permission = keyof typeof permissions

/** The part of a caller that rights depend on. `scopes` null: signed in as a person, so all that the role allows. */
export interface Authority {
  role: Role
  scopes: readonly string[] | null
}

export function isPermitted(authority: Authority, permission: Permission): boolean {
  const { roles, scope } = permissions[permission]
  if (!(roles as readonly Role[]).includes(authority.role)) return false
  return authority.scopes === null || (scope !== null && authority.scopes.includes(scope))
}

/**
 * Throws AppError FORBIDDEN. Only for what concerns the caller's own workspace: things of another one
 * are never found, so nothing here tells that they exist.
 */
export function requirePermission(authority: Authority, permission: Permission): void {
  if (!isPermitted(authority, permission)) throw new AppError('FORBIDDEN', { permission })
}
