import { and, eq, isNull, lt, lte, or } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { idempotencyKeys } from './schema/identity.ts'

export type IdempotencyRow = typeof idempotencyKeys.$inferSelect
type Address = Pick<IdempotencyRow, 'caller' | 'key'>

/** Notes the request as begun, and held since then; null: another one with this key was first. */
export async function beginIdempotent(
  tx: Tx,
  row: Address & { requestHash: string; createdAt: number },
): Promise<IdempotencyRow | null> {
  const held = { ...row, heldSince: row.createdAt }
  const [inserted] = await tx.insert(idempotencyKeys).values(held).onConflictDoNothing().returning()
  return inserted ?? null
}

/**
 * Holds an unanswered request that no try holds, or only one that began by `abandonedBy`. Of several at the same time
 * one gets the row; null: another one did, or it is answered or gone. Times in epoch milliseconds.
 */
export async function takeOverIdempotent(
  tx: Tx,
  { caller, key }: Address,
  { now, abandonedBy }: { now: number; abandonedBy: number },
): Promise<IdempotencyRow | null> {
  const isFree = or(isNull(idempotencyKeys.heldSince), lte(idempotencyKeys.heldSince, abandonedBy))
  const [taken] = await tx
    .update(idempotencyKeys)
    .set({ heldSince: now })
    .where(
      and(
        eq(idempotencyKeys.caller, caller),
        eq(idempotencyKeys.key, key),
        isNull(idempotencyKeys.responseStatus),
        isFree,
      ),
    )
    .returning()
  return taken ?? null
}

export async function findIdempotent(tx: Tx, { caller, key }: Address): Promise<IdempotencyRow | null> {
  const [row] = await tx
    .select()
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.caller, caller), eq(idempotencyKeys.key, key)))
  return row ?? null
}

/** The first answer stays: of a try that was given up and the one that took over, it may be either's. */
export async function completeIdempotent(
  tx: Tx,
  { caller, key }: Address,
  answer: { status: number; body: unknown },
): Promise<void> {
  await tx
    .update(idempotencyKeys)
    .set({ responseStatus: answer.status, responseBody: answer.body })
    .where(
      and(eq(idempotencyKeys.caller, caller), eq(idempotencyKeys.key, key), isNull(idempotencyKeys.responseStatus)),
    )
}

/** Gives up what `row` holds, so that the next try goes on; nothing where another one has taken over meanwhile. */
export async function releaseIdempotent(tx: Tx, { caller, key, heldSince }: IdempotencyRow): Promise<void> {
  if (heldSince === null) return
  await tx
    .update(idempotencyKeys)
    .set({ heldSince: null })
    .where(
      and(
        eq(idempotencyKeys.caller, caller),
        eq(idempotencyKeys.key, key),
        eq(idempotencyKeys.heldSince, heldSince),
        isNull(idempotencyKeys.responseStatus),
      ),
    )
}

export async function deleteIdempotentBefore(tx: Tx, before: number): Promise<void> {
  await tx.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, before))
}
