import type { WorkflowEvent } from '@millrace/shared/events'
import type pg from 'pg'
import type { StoredEvent } from './event-reader.ts'
import { type AskedRow, isUnstamped, RunFacts, type RunRow } from './run-facts.ts'

const isEventOfRun = ({ type }: StoredEvent) => type.startsWith('execution:') || type.startsWith('user:input:')

/**
 * Gives events of a workspace's topic what newer ones are stored with, so that filters tell the truth about
 * old logs too. Events whose run or question is gone stay as they are, and match no filter that asks for it.
 */
export async function completeOldEvents(pool: pg.Pool, rows: StoredEvent[]): Promise<StoredEvent[]> {
  if (rows[0]?.topic.startsWith('workspace:') !== true) return rows
  const old = new Map<StoredEvent, WorkflowEvent>()
  for (const row of rows) {
    if (!isEventOfRun(row)) continue
    const event = JSON.parse(row.payload) as WorkflowEvent
    if (isUnstamped(event)) old.set(row, event)
  }
  if (old.size === 0) return rows
  const facts = await readFacts(pool, [...old.values()])
  return rows.map((row) => {
    const event = old.get(row)
    return event === undefined ? row : { ...row, payload: JSON.stringify(facts.stamp(event)) }
  })
}

async function readFacts(pool: pg.Pool, events: readonly WorkflowEvent[]): Promise<RunFacts> {
  const executionIds = events.flatMap((event) => ('executionId' in event ? [event.executionId] : []))
  const requestIds = events.flatMap((event) => ('requestId' in event ? [event.requestId] : []))
  const { rows: runs } = await pool.query<RunRow>(
    'select id, workflow_id, false as closed from executions where id = any($1)',
    [[...new Set(executionIds)]],
  )
  if (requestIds.length === 0) return new RunFacts(runs, [])
  const { rows: asked } = await pool.query<AskedRow>(
    `select request_id, request->>'inputType' as input_type from prompts where request_id = any($1)`,
    [requestIds],
  )
  return new RunFacts(runs, asked)
}
