import type { Role } from '@millrace/shared/api/auth'

/** Bounds of who belongs where. */
export const membershipLimits = {
  /** Every connection carries the workspaces of its user, and compares them before each write. */
  workspacesPerUserMax: 50,
  /** The list of members is one answer, and a screen of avatars ends long before. */
  membersPerWorkspaceMax: 200,
  /** Each is a door: more than a department's worth open at the same time is forgotten, not needed. */
  openInvitationsPerWorkspaceMax: 100,
  /** One per audience; people who need more need accounts. */
  openLinksPerExecutionMax: 20,
  /** The list is one answer; a key per program of a person ends long before. */
  apiKeysPerMemberMax: 200,
  /** The list is one answer, and every process knows the secrets in them. */
  credentialsPerWorkspaceMax: 200,
} as const

/** From the most rights to the least: each role has all rights of those after it. */
const byRights: readonly Role[] = ['owner', 'editor', 'operator', 'viewer']

/** The one of two roles that may do more. */
export function higherRole(a: Role, b: Role): Role {
  return byRights.indexOf(a) <= byRights.indexOf(b) ? a : b
}
