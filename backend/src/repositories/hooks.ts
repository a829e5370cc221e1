import { and, count, desc, eq, sql } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { hooks } from './schema/hooks.ts'

export type HookRow = typeof hooks.$inferSelect

/** Newest first. */
export async function listHooks(tx: Tx, workspaceId: string, limit: number): Promise<HookRow[]> {
  return tx
    .select()
    .from(hooks)
    .where(eq(hooks.workspaceId, workspaceId))
    .orderBy(desc(hooks.createdAt), desc(hooks.id))
    .limit(limit)
}

/** Null: there is none, or it belongs to another workspace. */
export async function findHook(tx: Tx, workspaceId: string, id: string): Promise<HookRow | null> {
  const [row] = await tx
    .select()
    .from(hooks)
    .where(and(eq(hooks.workspaceId, workspaceId), eq(hooks.id, id)))
  return row ?? null
}

export async function countHooks(tx: Tx, workspaceId: string): Promise<number> {
  const [row] = await tx.select({ count: count() }).from(hooks).where(eq(hooks.workspaceId, workspaceId))
  return row?.count ?? 0
}

export async function insertHook(tx: Tx, row: HookRow): Promise<void> {
  await tx.insert(hooks).values(row)
}

/** Null: there is none. */
export async function updateHook(
  tx: Tx,
  { workspaceId, id }: Pick<HookRow, 'workspaceId' | 'id'>,
  change: Partial<Pick<HookRow, 'url' | 'eventTypes' | 'isActive' | 'sealedSecret'>>,
): Promise<HookRow | null> {
  const [row] = await tx
    .update(hooks)
    .set(change)
    .where(and(eq(hooks.workspaceId, workspaceId), eq(hooks.id, id)))
    .returning()
  return row ?? null
}

/** With its deliveries. False: there was none. */
export async function deleteHook(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
  const rows = await tx
    .delete(hooks)
    .where(and(eq(hooks.workspaceId, workspaceId), eq(hooks.id, id)))
    .returning({ id: hooks.id })
  return rows.length > 0
}

/**
 * Lets the search for deliveries begin at the topic's end, unless an active hook of the workspace is being served:
 * then it is near the end already and what lies between is owed to that one. Run before a hook becomes active, in the
 * same transaction.
 */
export async function startCursorAtHead(tx: Tx, workspaceId: string, topic: string): Promise<void> {
  await tx.execute(sql`
    insert into hook_cursors (topic, epoch, seq)
    select ${topic}::text, coalesce(t.epoch, ''), coalesce(t.head, 0)
    from (select 1) as one left join topics t on t.topic = ${topic}
    on conflict (topic) do update set epoch = excluded.epoch, seq = excluded.seq
    where not exists (select 1 from hooks h where h.workspace_id = ${workspaceId} and h.is_active)`)
}
