import type { Role } from '@millrace/shared/api/auth'
import { and, asc, eq } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { memberships, workspaces } from './schema/identity.ts'

export interface Membership {
  workspaceId: string
  workspaceName: string
  role: Role
}

/** Workspaces of a user, the one joined first first. */
export async function listMemberships(tx: Tx, userId: string): Promise<Membership[]> {
  return tx
    .select({ workspaceId: workspaces.id, workspaceName: workspaces.name, role: memberships.role })
    .from(memberships)
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(eq(memberships.userId, userId))
    .orderBy(asc(memberships.createdAt), asc(workspaces.id))
}

/** Null: the user does not belong to the workspace any more. */
export async function findRole(tx: Tx, workspaceId: string, userId: string): Promise<Role | null> {
  const [row] = await tx
    .select({ role: memberships.role })
    .from(memberships)
    .where(and(eq(memberships.workspaceId, workspaceId), eq(memberships.userId, userId)))
  return row?.role ?? null
}

export async function insertWorkspace(tx: Tx, row: { id: string; name: string; createdAt: number }): Promise<void> {
  await tx.insert(workspaces).values(row)
}

export async function insertMembership(
  tx: Tx,
  row: { workspaceId: string; userId: string; role: Role; createdAt: number },
): Promise<void> {
  await tx.insert(memberships).values(row)
}
