import { and, eq, sql } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { events, outputs } from './schema/events.ts'

/**
 * Whether an execution has an output under this name. Equal contents of several executions are stored once, under the
 * first; of the others their events name it.
 */
export async function isOutputOf(
  tx: Tx,
  { workspaceId, executionId, topic, ref }: { workspaceId: string; executionId: string; topic: string; ref: string },
): Promise<boolean> {
  const [stored] = await tx
    .select({ executionId: outputs.executionId })
    .from(outputs)
    .where(and(eq(outputs.workspaceId, workspaceId), eq(outputs.ref, ref)))
  if (stored === undefined) return false
  if (stored.executionId === executionId) return true
  const named = await tx
    .select({ seq: events.seq })
    .from(events)
    .where(and(eq(events.topic, topic), sql`position(${ref} in ${events.payload}) > 0`))
    .limit(1)
  return named.length > 0
}
