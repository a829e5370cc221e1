import { and, count, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type pg from 'pg'
import type { Tx } from './database.ts'
import { hookDeliveries, hooks } from './schema/hooks.ts'

export type HookDeliveryRow = typeof hookDeliveries.$inferSelect

/** A delivery that this process alone is to attempt until `dueAt`. */
export interface ClaimedDelivery {
  hookId: string
  seq: number
  workspaceId: string
  eventType: string
  /** This one included. */
  attempts: number
  url: string
  sealedSecret: Buffer
  createdBy: string
  /** Null: the event is no longer kept. */
  payload: string | null
}

/** Newest first, after a number. */
export async function listDeliveries(
  tx: Tx,
  hookId: string,
  { before, limit }: { before: number | null; limit: number },
): Promise<HookDeliveryRow[]> {
  const isOfHook = eq(hookDeliveries.hookId, hookId)
  return tx
    .select()
    .from(hookDeliveries)
    .where(before === null ? isOfHook : and(isOfHook, lt(hookDeliveries.seq, before)))
    .orderBy(desc(hookDeliveries.seq))
    .limit(limit)
}

/** Makes a delivery due at once, with all its attempts. Null: there is none, or its event is gone. */
export async function renewDelivery(
  tx: Tx,
  { hookId, seq, topic }: { hookId: string; seq: number; topic: string },
  now: number,
): Promise<HookDeliveryRow | null> {
  const [row] = await tx
    .update(hookDeliveries)
    .set({ status: 'waiting', attempts: 0, dueAt: now, finishedAt: null, error: null, responseStatus: null })
    .where(
      and(
        eq(hookDeliveries.hookId, hookId),
        eq(hookDeliveries.seq, seq),
        sql`exists (select 1 from events e where e.topic = ${topic} and e.seq = ${seq})`,
      ),
    )
    .returning()
  return row ?? null
}

/**
 * Takes what is due, at most so many per hook, and holds it until `heldUntil`: who dies meanwhile gives it back by
 * that. Several processes never take the same. Hooks come in another order each time, so that with more due than the
 * limit none waits for ever.
 */
export async function claimDeliveries(
  tx: Tx,
  { now, heldUntil, limits }: { now: number; heldUntil: number; limits: ReadonlyMap<string, number> | null },
  bounds: { perHookMax: number; limit: number },
): Promise<ClaimedDelivery[]> {
  const own = JSON.stringify(Object.fromEntries(limits ?? []))
  const { rows } = await tx.execute<Record<string, unknown>>(sql`
    with due_hooks as (
      select distinct d.hook_id as id from hook_deliveries d
      where d.status = 'waiting' and d.due_at <= ${now}
    ), ready as (
      select id from due_hooks order by random()
    ), taken as (
      select due.hook_id, due.seq
      from ready join hooks h on h.id = ready.id and h.is_active
      cross join lateral (
        select d.hook_id, d.seq from hook_deliveries d
        where d.hook_id = h.id and d.status = 'waiting' and d.due_at <= ${now}
        order by d.due_at, d.seq
        limit coalesce((${own}::jsonb ->> h.id)::int, ${bounds.perHookMax})
        for update skip locked
      ) as due
      limit ${bounds.limit}
    )
    update hook_deliveries d set attempts = d.attempts + 1, due_at = ${heldUntil}
    from taken join hooks h on h.id = taken.hook_id
    left join events e on e.topic = 'workspace:' || h.workspace_id and e.seq = taken.seq
    where d.hook_id = taken.hook_id and d.seq = taken.seq
    returning d.hook_id as "hookId", d.seq, d.workspace_id as "workspaceId", d.event_type as "eventType", d.attempts,
      h.url, h.sealed_secret as "sealedSecret", h.created_by as "createdBy", e.payload`)
  return rows.map((row) => ({
    ...(row as unknown as ClaimedDelivery),
    sealedSecret: Buffer.from(row['sealedSecret'] as Uint8Array),
  }))
}

/** Stores how an attempt ended, if the delivery is still the one that was claimed: not renewed, not taken by another. */
export async function saveAttempt(
  tx: Tx,
  { hookId, seq, attempts }: Pick<ClaimedDelivery, 'hookId' | 'seq' | 'attempts'>,
  outcome: Partial<HookDeliveryRow>,
): Promise<boolean> {
  const rows = await tx
    .update(hookDeliveries)
    .set(outcome)
    .where(
      and(
        eq(hookDeliveries.hookId, hookId),
        eq(hookDeliveries.seq, seq),
        eq(hookDeliveries.attempts, attempts),
        eq(hookDeliveries.status, 'waiting'),
      ),
    )
    .returning({ seq: hookDeliveries.seq })
  return rows.length > 0
}

/** Ends a delivery within the transaction that stores its event, if it is still the one that was claimed. */
export async function endDelivery(
  client: pg.PoolClient,
  { hookId, seq, attempts }: Pick<ClaimedDelivery, 'hookId' | 'seq' | 'attempts'>,
  result: Pick<HookDeliveryRow, 'status' | 'finishedAt' | 'responseStatus' | 'error'>,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update hook_deliveries set status = $4, finished_at = $5, response_status = $6, error = $7, due_at = null
     where hook_id = $1 and seq = $2 and attempts = $3 and status = 'waiting'`,
    [hookId, seq, attempts, result.status, result.finishedAt, result.responseStatus, result.error],
  )
  return rowCount === 1
}

/** Deliveries that are due or will be, of hooks that are on. */
export async function countWaitingDeliveries(tx: Tx): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(hookDeliveries)
    .innerJoin(hooks, eq(hooks.id, hookDeliveries.hookId))
    .where(and(eq(hookDeliveries.status, 'waiting'), eq(hooks.isActive, true)))
  return row?.count ?? 0
}

/** Forgets deliveries that ended before a time. */
export async function deleteDeliveriesBefore(tx: Tx, time: number): Promise<void> {
  await tx
    .delete(hookDeliveries)
    .where(and(inArray(hookDeliveries.status, ['delivered', 'failed']), lt(hookDeliveries.finishedAt, time)))
}
