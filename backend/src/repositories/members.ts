import type { Role } from '@millrace/shared/api/auth'
import type { Member } from '@millrace/shared/api/workspaces'
import { and, asc, eq } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { memberships, users } from './schema/identity.ts'

/** All members, who joined first first; their number is bounded by `membersMax`. */
export async function listMembers(tx: Tx, workspaceId: string): Promise<Member[]> {
  return tx
    .select({
      userId: users.id,
      name: users.name,
      email: users.email,
      role: memberships.role,
      joinedAt: memberships.createdAt,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(eq(memberships.workspaceId, workspaceId))
    .orderBy(asc(memberships.createdAt), asc(users.id))
}

/** Call with the workspace locked. */
export function countMembers(tx: Tx, workspaceId: string, role?: Role): Promise<number> {
  const ofRole = role === undefined ? undefined : eq(memberships.role, role)
  return tx.$count(memberships, and(eq(memberships.workspaceId, workspaceId), ofRole))
}

export function countWorkspacesOf(tx: Tx, userId: string): Promise<number> {
  return tx.$count(memberships, eq(memberships.userId, userId))
}

export async function setRole(
  tx: Tx,
  { workspaceId, userId }: { workspaceId: string; userId: string },
  role: Role,
): Promise<void> {
  await tx
    .update(memberships)
    .set({ role })
    .where(and(eq(memberships.workspaceId, workspaceId), eq(memberships.userId, userId)))
}

export async function deleteMembership(
  tx: Tx,
  { workspaceId, userId }: { workspaceId: string; userId: string },
): Promise<void> {
  await tx.delete(memberships).where(and(eq(memberships.workspaceId, workspaceId), eq(memberships.userId, userId)))
}
