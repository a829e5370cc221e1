import type { WorkflowEvent } from '@millrace/shared/events'
import type { Database } from '../src/repositories/database.ts'
import type { WrittenTopic } from '../test/support/checker/known-log.ts'

/** The whole log, as it is stored. */
export async function readWrittenLog({ pool }: Database): Promise<WrittenTopic[]> {
  const topics = await pool.query<{ topic: string; workspace_id: string; epoch: string }>(
    'select topic, workspace_id, epoch from topics',
  )
  const written: WrittenTopic[] = []
  for (const { topic, workspace_id: workspaceId, epoch } of topics.rows) {
    const { rows } = await pool.query<{ payload: string }>('select payload from events where topic = $1 order by seq', [
      topic,
    ])
    written.push({ topic, workspaceId, epoch, events: rows.map(({ payload }) => JSON.parse(payload) as WorkflowEvent) })
  }
  return written
}

export async function readHeads({ pool }: Database): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ topic: string; head: number }>('select topic, head from topics')
  return new Map(rows.map(({ topic, head }) => [topic, Number(head)]))
}

/** Runs that have not ended. */
export async function readOpenRuns({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    "select id from executions where status not in ('completed', 'failed', 'cancelled')",
  )
  return rows.map(({ id }) => id)
}
