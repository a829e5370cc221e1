import { and, eq, isNull, lt } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { idempotencyKeys } from './schema/identity.ts'

export type IdempotencyRow = typeof idempotencyKeys.$inferSelect
type Address = Pick<IdempotencyRow, 'caller' | 'key'>

/** Notes the request as begun; null: another one with this key was first. */
export async function beginIdempotent(
  tx: Tx,
  row: Address & { requestHash: string; createdAt: number },
): Promise<IdempotencyRow | null> {
  const [inserted] = await tx.insert(idempotencyKeys).values(row).onConflictDoNothing().returning()
  return inserted ?? null
}

export async function findIdempotent(tx: Tx, { caller, key }: Address): Promise<IdempotencyRow | null> {
  const [row] = await tx
    .select()
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.caller, caller), eq(idempotencyKeys.key, key)))
  return row ?? null
}

export async function completeIdempotent(
  tx: Tx,
  { caller, key }: Address,
  answer: { status: number; body: unknown },
): Promise<void> {
  await tx
    .update(idempotencyKeys)
    .set({ responseStatus: answer.status, responseBody: answer.body })
    .where(and(eq(idempotencyKeys.caller, caller), eq(idempotencyKeys.key, key)))
}

/** Forgets a request that did not come to an end, so that a repeated one is a first one. */
export async function forgetIdempotent(tx: Tx, { caller, key }: Address): Promise<void> {
  await tx
    .delete(idempotencyKeys)
    .where(
      and(eq(idempotencyKeys.caller, caller), eq(idempotencyKeys.key, key), isNull(idempotencyKeys.responseStatus)),
    )
}

export async function deleteIdempotentBefore(tx: Tx, before: number): Promise<void> {
  await tx.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, before))
}
