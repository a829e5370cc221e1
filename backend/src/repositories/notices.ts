import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { events } from './schema/events.ts'

export interface NoticeFilter {
  topic: string
  workspaceIds: readonly string[]
  /** Only those with a smaller number; null: from the newest on. */
  beforeSeq: number | null
  limit: number
}

/** The newest notices of a topic that come from the given workspaces, as their events were sent, and one more than `limit`. */
export async function listNotices(
  tx: Tx,
  { topic, workspaceIds, beforeSeq, limit }: NoticeFilter,
): Promise<{ seq: number; payload: string }[]> {
  const workspaceOfNotice = sql`${events.payload}::jsonb ->> 'workspaceId'`
  return tx
    .select({ seq: events.seq, payload: events.payload })
    .from(events)
    .where(
      and(
        eq(events.topic, topic),
        eq(events.type, 'notification'),
        inArray(workspaceOfNotice, [...workspaceIds]),
        beforeSeq === null ? undefined : lt(events.seq, beforeSeq),
      ),
    )
    .orderBy(desc(events.seq))
    .limit(limit + 1)
}
