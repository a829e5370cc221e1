import type { Role } from '@millrace/shared/api/auth'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Database, Tx } from './database.ts'
import { memberships, workspaces } from './schema/identity.ts'

export type WorkspaceRow = typeof workspaces.$inferSelect

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

/** Workspaces of several users, in the same order; users without any are absent. */
export async function readMemberships(
  tx: Tx,
  userIds: readonly string[],
): Promise<Map<string, { id: string; role: Role }[]>> {
  const rows = await tx
    .select({ userId: memberships.userId, id: memberships.workspaceId, role: memberships.role })
    .from(memberships)
    .where(inArray(memberships.userId, [...userIds]))
    .orderBy(asc(memberships.createdAt), asc(memberships.workspaceId))
  return Map.groupBy(rows, ({ userId }) => userId)
}

/** The workspaces of a user as that user sees them, the one joined first first. */
export async function listWorkspaces(
  tx: Tx,
  userId: string,
): Promise<(WorkspaceRow & { role: Role; memberCount: number })[]> {
  return tx
    .select({
      id: workspaces.id,
      name: workspaces.name,
      createdAt: workspaces.createdAt,
      role: memberships.role,
      memberCount: sql<number>`(select count(*)::int from memberships m where m.workspace_id = ${workspaces.id})`,
    })
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

/** The role with the time of joining, epoch milliseconds. Null: the user does not belong to the workspace any more. */
export async function findMembership(
  tx: Tx,
  workspaceId: string,
  userId: string,
): Promise<{ role: Role; createdAt: number } | null> {
  const [row] = await tx
    .select({ role: memberships.role, createdAt: memberships.createdAt })
    .from(memberships)
    .where(and(eq(memberships.workspaceId, workspaceId), eq(memberships.userId, userId)))
  return row ?? null
}

export async function insertWorkspace(tx: Tx, row: WorkspaceRow): Promise<void> {
  await tx.insert(workspaces).values(row)
}

export async function renameWorkspace(tx: Tx, id: string, name: string): Promise<void> {
  await tx.update(workspaces).set({ name }).where(eq(workspaces.id, id))
}

/**
 * Whoever changes who belongs to a workspace holds its row until the end of the transaction, so that rules over
 * all members (an owner stays, the bounds) hold under changes at the same time. Null: there is no such workspace.
 */
export async function lockWorkspace(tx: Tx, id: string): Promise<WorkspaceRow | null> {
  const [row] = await tx.select().from(workspaces).where(eq(workspaces.id, id)).for('no key update')
  return row ?? null
}

export async function insertMembership(
  tx: Tx,
  row: { workspaceId: string; userId: string; role: Role; createdAt: number },
): Promise<void> {
  await tx.insert(memberships).values(row)
}

/** Answers whether a user belongs to a workspace now. */
export function membershipReader(database: Database) {
  return async ({ workspaceId, userId }: { workspaceId: string; userId: string }): Promise<boolean> =>
    (await findRole(database.orm, workspaceId, userId)) !== null
}
