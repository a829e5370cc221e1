import { and, eq, gt, isNull, lt } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { refreshTokens } from './schema/identity.ts'

export type RefreshTokenRow = typeof refreshTokens.$inferSelect

export async function insertRefreshToken(tx: Tx, row: Omit<RefreshTokenRow, 'usedAt'>): Promise<void> {
  await tx.insert(refreshTokens).values(row)
}

/**
 * Marks the token used in one statement, so that of two requests only one gets it; null: it is not there to be used.
 * Call with its sign-in locked.
 */
export async function takeRefreshToken(tx: Tx, tokenHash: string, now: number): Promise<RefreshTokenRow | null> {
  const [row] = await tx
    .update(refreshTokens)
    .set({ usedAt: now })
    .where(and(eq(refreshTokens.tokenHash, tokenHash), isNull(refreshTokens.usedAt), gt(refreshTokens.expiresAt, now)))
    .returning()
  return row ?? null
}

export async function findRefreshToken(tx: Tx, tokenHash: string): Promise<RefreshTokenRow | null> {
  const [row] = await tx.select().from(refreshTokens).where(eq(refreshTokens.tokenHash, tokenHash))
  return row ?? null
}

/** Rows that can neither be used nor prove a theft any more. */
export async function deleteExpiredRefreshTokens(tx: Tx, before: number): Promise<void> {
  await tx.delete(refreshTokens).where(lt(refreshTokens.expiresAt, before))
}
