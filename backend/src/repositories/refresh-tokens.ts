import { and, eq, gt, isNull, lt } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { refreshTokens } from './schema/identity.ts'

export type RefreshTokenRow = typeof refreshTokens.$inferSelect

export async function insertRefreshToken(
  tx: Tx,
  row: Pick<RefreshTokenRow, 'id' | 'familyId' | 'userId' | 'tokenHash' | 'createdAt' | 'expiresAt'>,
): Promise<void> {
  await tx.insert(refreshTokens).values(row)
}

/** Marks the token used in one statement, so that of two requests only one gets it; null: it is not there to be used. */
export async function takeRefreshToken(tx: Tx, tokenHash: string, now: number): Promise<RefreshTokenRow | null> {
  const [row] = await tx
    .update(refreshTokens)
    .set({ usedAt: now })
    .where(
      and(
        eq(refreshTokens.tokenHash, tokenHash),
        isNull(refreshTokens.usedAt),
        isNull(refreshTokens.revokedAt),
        gt(refreshTokens.expiresAt, now),
      ),
    )
    .returning()
  return row ?? null
}

export async function findRefreshToken(tx: Tx, tokenHash: string): Promise<RefreshTokenRow | null> {
  const [row] = await tx.select().from(refreshTokens).where(eq(refreshTokens.tokenHash, tokenHash))
  return row ?? null
}

/** Ends a sign-in: none of its tokens can be used again, and its access tokens are refused from now on. */
export async function revokeFamily(tx: Tx, familyId: string, now: number): Promise<void> {
  await tx
    .update(refreshTokens)
    .set({ revokedAt: now })
    .where(and(eq(refreshTokens.familyId, familyId), isNull(refreshTokens.revokedAt)))
}

/** Whether a sign-in is still good. A family is revoked as a whole, so any row tells. */
export async function isFamilyAlive(tx: Tx, familyId: string, userId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: refreshTokens.id })
    .from(refreshTokens)
    .where(and(eq(refreshTokens.familyId, familyId), eq(refreshTokens.userId, userId), isNull(refreshTokens.revokedAt)))
    .limit(1)
  return rows.length > 0
}

/** Rows that can neither be used nor prove a theft any more. */
export async function deleteExpiredRefreshTokens(tx: Tx, before: number): Promise<void> {
  await tx.delete(refreshTokens).where(lt(refreshTokens.expiresAt, before))
}
