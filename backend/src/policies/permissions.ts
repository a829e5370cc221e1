import type { apiKeyScopes, Role } from '@millrace/shared/api/auth'
import { AppError } from '@millrace/shared/errors/app-error'

export type Scope = (typeof apiKeyScopes)[number]

const owners = ['owner'] as const
const editors = ['owner', 'editor'] as const
const operators = ['owner', 'editor', 'operator'] as const
const everybody = ['owner', 'editor', 'operator', 'viewer'] as const

/** What a route can ask for. Each row: the roles that have it, and the scope that an API key needs for it. */
const permissions = {
  read: { roles: everybody, scope: 'read', doc: 'See everything of the workspace.' },
  edit: { roles: editors, scope: 'write', doc: 'Change workflows, knowledge bases and documents.' },
  run: { roles: operators, scope: 'run', doc: 'Start, pause, resume and cancel executions.' },
  answer: { roles: operators, scope: 'answer', doc: 'Answer questions of executions.' },
  manageCredentials: { roles: editors, scope: 'write', doc: 'Add and remove credentials.' },
  // A key must not make a stronger one.
  manageOwnKeys: { roles: everybody, scope: null, doc: 'Make and remove API keys of one’s own.' },
  // The list shows e-mail addresses.
  seeMembers: { roles: everybody, scope: null, doc: 'See who belongs to the workspace, and leave it.' },
  manageMembers: {
    roles: owners,
    scope: null,
    doc: 'Rename the workspace, invite people, change their roles and remove them.',
  },
  announce: { roles: owners, scope: 'write', doc: 'Tell every member of the workspace something.' },
  // It opens a door.
  share: { roles: editors, scope: null, doc: 'Show an execution to people outside by a link, and take links back.' },
  // Counts of all workspaces together.
  seeDelivery: {
    roles: owners,
    scope: 'read',
    isForInstaller: true,
    doc: 'See the metrics of the process. Only who set the installation up.',
  },
} as const satisfies Record<string, PermissionRow>

interface PermissionRow {
  roles: readonly Role[]
  /** Null: never for a key. */
  scope: Scope | null
  isForInstaller?: true
  doc: string
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
