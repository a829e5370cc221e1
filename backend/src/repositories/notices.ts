import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { events } from './schema/events.ts'

/** The newest notices of a topic that come from the given workspaces, as their events were sent. */
export async function listNotices(
  tx: Tx,
  { topic, workspaceIds }: { topic: string; workspaceIds: readonly string[] },
  limit: number,
): Promise<string[]> {
  const workspaceOfNotice = sql`${events.payload}::jsonb ->> 'workspaceId'`
  const rows = await tx
    .select({ payload: events.payload })
    .from(events)
    .where(and(eq(events.topic, topic), eq(events.type, 'notification'), inArray(workspaceOfNotice, [...workspaceIds])))
    .orderBy(desc(events.seq))
    .limit(limit)
  return rows.map(({ payload }) => payload)
}
