import { and, desc, eq, isNull } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { apiKeys } from './schema/identity.ts'

export type ApiKeyRow = typeof apiKeys.$inferSelect

export async function insertApiKey(tx: Tx, row: Omit<ApiKeyRow, 'lastUsedAt' | 'revokedAt'>): Promise<void> {
  await tx.insert(apiKeys).values(row)
}

/** Keys that a user made in a workspace and has not removed, newest first. */
export async function listApiKeys(
  tx: Tx,
  owner: { workspaceId: string; userId: string },
  limit: number,
): Promise<ApiKeyRow[]> {
  return tx
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.workspaceId, owner.workspaceId), eq(apiKeys.userId, owner.userId), isNull(apiKeys.revokedAt)))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(limit)
}

/** Keys that have not been removed. Call with the workspace locked. */
export function countApiKeys(tx: Tx, owner: { workspaceId: string; userId: string }): Promise<number> {
  return tx.$count(
    apiKeys,
    and(eq(apiKeys.workspaceId, owner.workspaceId), eq(apiKeys.userId, owner.userId), isNull(apiKeys.revokedAt)),
  )
}

/** Null: no such key, or removed. */
export async function findApiKeyByHash(tx: Tx, keyHash: string): Promise<ApiKeyRow | null> {
  const [row] = await tx
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.keyHash, keyHash), isNull(apiKeys.revokedAt)))
  return row ?? null
}

/** Whether a key has not been removed. */
export async function isApiKeyAlive(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
  return rows.length > 0
}

export async function touchApiKey(tx: Tx, id: string, now: number): Promise<void> {
  await tx.update(apiKeys).set({ lastUsedAt: now }).where(eq(apiKeys.id, id))
}

/** False: there was no such key. The row stays, for runs name it. */
export async function revokeApiKey(
  tx: Tx,
  owner: { workspaceId: string; userId: string },
  id: string,
  now: number,
): Promise<boolean> {
  const rows = await tx
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(
      and(
        eq(apiKeys.id, id),
        eq(apiKeys.workspaceId, owner.workspaceId),
        eq(apiKeys.userId, owner.userId),
        isNull(apiKeys.revokedAt),
      ),
    )
    .returning({ id: apiKeys.id })
  return rows.length > 0
}

/** Ends the keys of somebody who leaves a workspace, so that they do not come back with a later membership. */
export async function revokeApiKeysOf(
  tx: Tx,
  owner: { workspaceId: string; userId: string },
  now: number,
): Promise<void> {
  await tx
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(and(eq(apiKeys.workspaceId, owner.workspaceId), eq(apiKeys.userId, owner.userId), isNull(apiKeys.revokedAt)))
}
