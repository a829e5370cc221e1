import { sql } from 'drizzle-orm'
import type { Database, Tx } from '../repositories/database.ts'

/** Events looked through in one transaction: short, for appends wait for PGlite's one connection. */
const eventsPerStep = 500

/** Whether there is anybody to tell. */
export async function hasActiveHooks(tx: Tx): Promise<boolean> {
  const { rows } = await tx.execute(sql`select 1 from hooks where is_active limit 1`)
  return rows.length > 0
}

/** Topics that have events no hook was found for yet. */
export async function listTopicsBehind(tx: Tx, limit: number): Promise<string[]> {
  const { rows } = await tx.execute<{ topic: string }>(sql`
    select c.topic from hook_cursors c join topics t on t.topic = c.topic
    where (t.head > c.seq or t.epoch <> c.epoch)
      and exists (select 1 from hooks h where h.workspace_id = t.workspace_id and h.is_active)
    limit ${limit}`)
  return rows.map(({ topic }) => topic)
}

/**
 * Looks through the next events of a workspace's topic and stores a delivery for each hook that asked for them; cursor
 * and deliveries move together, so none is missed and none is found twice. Another process at the same topic makes
 * this one pass by. Returns whether there may be more.
 */
export async function findDeliveries(database: Database, topic: string, now: number): Promise<boolean> {
  return database.transaction(async (tx) => {
    const { rows } = await tx.execute<{ seq: number; epoch: string; head: number; current: string }>(sql`
      select c.seq, c.epoch, t.head, t.epoch as current from hook_cursors c join topics t on t.topic = c.topic
      where c.topic = ${topic} for update of c skip locked`)
    const [cursor] = rows
    if (cursor === undefined) return false
    const from = cursor.epoch === cursor.current ? cursor.seq : await beginEpoch(tx, topic, cursor)
    const to = Math.min(from + eventsPerStep, cursor.head)
    await tx.execute(sql`
      insert into hook_deliveries (hook_id, seq, workspace_id, event_type, execution_id, status, attempts, due_at, created_at)
      select h.id, e.seq, h.workspace_id, e.type, e.execution_id, 'waiting', 0, ${now}::bigint, ${now}::bigint
      from events e
      join topics t on t.topic = e.topic
      join hooks h on h.workspace_id = t.workspace_id and h.is_active and jsonb_exists(h.event_types, e.type)
        and e.created_at >= h.created_at
        and (h.workflow_id is null
          or h.workflow_id = (select x.workflow_id from executions x where x.id = e.execution_id))
      where e.topic = ${topic} and e.seq > ${from} and e.seq <= ${to}
      on conflict do nothing`)
    await tx.execute(sql`update hook_cursors set seq = ${to}, epoch = ${cursor.current} where topic = ${topic}`)
    return to < cursor.head
  })
}

/** The log was restored from an older copy: what was found beyond its end belongs to a past that is no more. */
async function beginEpoch(
  tx: Tx,
  topic: string,
  { seq, head, epoch }: { seq: number; head: number; epoch: string },
): Promise<number> {
  // A topic without events had no epoch when its first hook was made.
  if (epoch === '') return seq
  const from = Math.min(seq, head)
  await tx.execute(sql`
    delete from hook_deliveries d using topics t
    where t.topic = ${topic} and d.workspace_id = t.workspace_id and d.seq > ${from}`)
  return from
}
