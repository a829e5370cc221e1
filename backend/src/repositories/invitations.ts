import { and, desc, eq, gt, isNull, lt } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { users, workspaces } from './schema/identity.ts'
import { invitations } from './schema/sharing.ts'

export type InvitationRow = typeof invitations.$inferSelect
type Lasting = 'acceptedBy' | 'acceptedAt' | 'revokedAt'

const isOpen = (now: number) =>
  and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt), gt(invitations.expiresAt, now))

export async function insertInvitation(tx: Tx, row: Omit<InvitationRow, Lasting>): Promise<void> {
  await tx.insert(invitations).values(row)
}

/** Open ones, newest first, with the names of those who made them. */
export async function listOpenInvitations(
  tx: Tx,
  workspaceId: string,
  now: number,
): Promise<(InvitationRow & { createdByName: string })[]> {
  const rows = await tx
    .select({ invitation: invitations, createdByName: users.name })
    .from(invitations)
    .innerJoin(users, eq(users.id, invitations.createdBy))
    .where(and(eq(invitations.workspaceId, workspaceId), isOpen(now)))
    .orderBy(desc(invitations.createdAt), desc(invitations.id))
  return rows.map(({ invitation, createdByName }) => ({ ...invitation, createdByName }))
}

/** Call with the workspace locked. */
export function countOpenInvitations(tx: Tx, workspaceId: string, now: number): Promise<number> {
  return tx.$count(invitations, and(eq(invitations.workspaceId, workspaceId), isOpen(now)))
}

/** Null: unknown, accepted, revoked or expired; nobody is told which. */
export async function findOpenInvitation(
  tx: Tx,
  tokenHash: string,
  now: number,
): Promise<(InvitationRow & { createdByName: string; workspaceName: string }) | null> {
  const [row] = await tx
    .select({ invitation: invitations, createdByName: users.name, workspaceName: workspaces.name })
    .from(invitations)
    .innerJoin(users, eq(users.id, invitations.createdBy))
    .innerJoin(workspaces, eq(workspaces.id, invitations.workspaceId))
    .where(and(eq(invitations.tokenHash, tokenHash), isOpen(now)))
  if (row === undefined) return null
  const { invitation, ...names } = row
  return { ...invitation, ...names }
}

/** Uses the invitation up in one statement, so that of two people at the same time one gets it. False: it is not open. */
export async function takeInvitation(tx: Tx, id: string, taker: { userId: string; now: number }): Promise<boolean> {
  const rows = await tx
    .update(invitations)
    .set({ acceptedBy: taker.userId, acceptedAt: taker.now })
    .where(and(eq(invitations.id, id), isOpen(taker.now)))
    .returning({ id: invitations.id })
  return rows.length > 0
}

/** False: there is no such open invitation in the workspace. */
export async function revokeInvitation(
  tx: Tx,
  { workspaceId, id }: { workspaceId: string; id: string },
  now: number,
): Promise<boolean> {
  const rows = await tx
    .update(invitations)
    .set({ revokedAt: now })
    .where(and(eq(invitations.id, id), eq(invitations.workspaceId, workspaceId), isOpen(now)))
    .returning({ id: invitations.id })
  return rows.length > 0
}

/** Ends what a member made that may make no more. */
export async function revokeInvitationsOf(
  tx: Tx,
  { workspaceId, userId }: { workspaceId: string; userId: string },
  now: number,
): Promise<void> {
  await tx
    .update(invitations)
    .set({ revokedAt: now })
    .where(and(eq(invitations.workspaceId, workspaceId), eq(invitations.createdBy, userId), isOpen(now)))
}

/** Invitations that ended long ago. */
export async function deleteExpiredInvitations(tx: Tx, before: number): Promise<void> {
  await tx.delete(invitations).where(lt(invitations.expiresAt, before))
}
