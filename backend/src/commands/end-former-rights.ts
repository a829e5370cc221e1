import type { Role } from '@millrace/shared/api/auth'
import { isPermitted } from '../policies/permissions.ts'
import { revokeApiKeysOf } from '../repositories/api-keys.ts'
import { insertAuthorityChanges } from '../repositories/authority-changes.ts'
import type { Tx } from '../repositories/database.ts'
import { revokeInvitationsOf } from '../repositories/invitations.ts'
import { revokeShareLinksOf } from '../repositories/share-links.ts'

/**
 * Ends what a member left open in a workspace and may not make any more: whoever is shown out must not hold an
 * invitation back in. `role`: the new one; null: no member any more. Notes the change for other processes. Answers the
 * share links that ended.
 */
export async function endFormerRights(
  tx: Tx,
  member: { workspaceId: string; userId: string },
  role: Role | null,
): Promise<string[]> {
  const now = Date.now()
  const may = (permission: 'manageMembers' | 'share') =>
    role !== null && isPermitted({ role, scopes: null }, permission)
  if (role === null) await revokeApiKeysOf(tx, member, now)
  if (!may('manageMembers')) await revokeInvitationsOf(tx, member, now)
  const endedLinkIds = may('share') ? [] : await revokeShareLinksOf(tx, member, now)
  await insertAuthorityChanges(tx, 'user', [member.userId])
  await insertAuthorityChanges(tx, 'credential', endedLinkIds)
  return endedLinkIds
}
