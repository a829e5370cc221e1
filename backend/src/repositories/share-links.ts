import { and, desc, eq, gt, isNull, lt } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { executions } from './schema/events.ts'
import { users } from './schema/identity.ts'
import { shareLinks } from './schema/sharing.ts'

export type ShareLinkRow = typeof shareLinks.$inferSelect

const isOpen = (now: number) => and(isNull(shareLinks.revokedAt), gt(shareLinks.expiresAt, now))

export async function insertShareLink(tx: Tx, row: Omit<ShareLinkRow, 'lastOpenedAt' | 'revokedAt'>): Promise<void> {
  await tx.insert(shareLinks).values(row)
}

/** Open ones of an execution, newest first, with the names of those who made them. */
export async function listOpenShareLinks(
  tx: Tx,
  { workspaceId, executionId }: { workspaceId: string; executionId: string },
  now: number,
): Promise<(ShareLinkRow & { createdByName: string })[]> {
  const rows = await tx
    .select({ link: shareLinks, createdByName: users.name })
    .from(shareLinks)
    .innerJoin(users, eq(users.id, shareLinks.createdBy))
    .where(and(eq(shareLinks.executionId, executionId), eq(shareLinks.workspaceId, workspaceId), isOpen(now)))
    .orderBy(desc(shareLinks.createdAt), desc(shareLinks.id))
  return rows.map(({ link, createdByName }) => ({ ...link, createdByName }))
}

/** Call with the workspace locked. */
export function countOpenShareLinks(tx: Tx, executionId: string, now: number): Promise<number> {
  return tx.$count(shareLinks, and(eq(shareLinks.executionId, executionId), isOpen(now)))
}

/** What somebody who opens the link sees of it; null: unknown, revoked, expired, or its execution is gone. */
export async function findOpenShareLink(
  tx: Tx,
  by: { id: string } | { tokenHash: string },
  now: number,
): Promise<(ShareLinkRow & { sharedByName: string; workflowName: string }) | null> {
  const [row] = await tx
    .select({ link: shareLinks, sharedByName: users.name, workflowName: executions.workflowName })
    .from(shareLinks)
    .innerJoin(users, eq(users.id, shareLinks.createdBy))
    .innerJoin(
      executions,
      and(eq(executions.id, shareLinks.executionId), eq(executions.workspaceId, shareLinks.workspaceId)),
    )
    .where(and('id' in by ? eq(shareLinks.id, by.id) : eq(shareLinks.tokenHash, by.tokenHash), isOpen(now)))
  if (row === undefined) return null
  const { link, ...names } = row
  return { ...link, ...names }
}

export async function touchShareLink(tx: Tx, id: string, now: number): Promise<void> {
  await tx.update(shareLinks).set({ lastOpenedAt: now }).where(eq(shareLinks.id, id))
}

/** False: there is no such open link in the workspace. */
export async function revokeShareLink(
  tx: Tx,
  { workspaceId, id }: { workspaceId: string; id: string },
  now: number,
): Promise<boolean> {
  const rows = await tx
    .update(shareLinks)
    .set({ revokedAt: now })
    .where(and(eq(shareLinks.id, id), eq(shareLinks.workspaceId, workspaceId), isOpen(now)))
    .returning({ id: shareLinks.id })
  return rows.length > 0
}

/** Ends what a member made that may make no more; the ids of what was open. */
export async function revokeShareLinksOf(
  tx: Tx,
  { workspaceId, userId }: { workspaceId: string; userId: string },
  now: number,
): Promise<string[]> {
  const rows = await tx
    .update(shareLinks)
    .set({ revokedAt: now })
    .where(and(eq(shareLinks.workspaceId, workspaceId), eq(shareLinks.createdBy, userId), isOpen(now)))
    .returning({ id: shareLinks.id })
  return rows.map(({ id }) => id)
}

/** Links that ended long ago. */
export async function deleteExpiredShareLinks(tx: Tx, before: number): Promise<void> {
  await tx.delete(shareLinks).where(lt(shareLinks.expiresAt, before))
}
