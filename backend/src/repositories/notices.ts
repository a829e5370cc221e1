import { and, desc, eq } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { events } from './schema/events.ts'

/** The newest notices of a topic, as their events were sent. */
export async function listNotices(tx: Tx, topic: string, limit: number): Promise<string[]> {
  const rows = await tx
    .select({ payload: events.payload })
    .from(events)
    .where(and(eq(events.topic, topic), eq(events.type, 'notification')))
    .orderBy(desc(events.seq))
    .limit(limit)
  return rows.map(({ payload }) => payload)
}
