import { and, eq, isNull, lt } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { signIns } from './schema/identity.ts'

export type SignInRow = typeof signIns.$inferSelect

export async function insertSignIn(tx: Tx, row: Omit<SignInRow, 'revokedAt'>): Promise<void> {
  await tx.insert(signIns).values(row)
}

/** Holds the sign-in until the end of the transaction; null: it was ended, or there is none. */
export async function lockSignIn(tx: Tx, id: string): Promise<SignInRow | null> {
  const [row] = await tx
    .select()
    .from(signIns)
    .where(and(eq(signIns.id, id), isNull(signIns.revokedAt)))
    .for('no key update')
  return row ?? null
}

/** Call with the sign-in locked. */
export async function extendSignIn(tx: Tx, id: string, expiresAt: number): Promise<void> {
  await tx.update(signIns).set({ expiresAt }).where(eq(signIns.id, id))
}

/** Ends it: none of its tokens can be used again, and its access tokens are refused from now on. */
export async function endSignIn(tx: Tx, id: string, now: number): Promise<void> {
  await tx
    .update(signIns)
    .set({ revokedAt: now })
    .where(and(eq(signIns.id, id), isNull(signIns.revokedAt)))
}

/** Whether a sign-in is still good. */
export async function isSignInAlive(tx: Tx, id: string, userId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: signIns.id })
    .from(signIns)
    .where(and(eq(signIns.id, id), eq(signIns.userId, userId), isNull(signIns.revokedAt)))
  return rows.length > 0
}

/** Those that nothing can carry on any more, with their tokens. */
export async function deleteExpiredSignIns(tx: Tx, before: number): Promise<void> {
  await tx.delete(signIns).where(lt(signIns.expiresAt, before))
}
