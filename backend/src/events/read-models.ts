import type { EventDraft, EventDraftOf } from '@millrace/shared/events'
import type pg from 'pg'
import { toJsonb } from '../repositories/to-jsonb.ts'

/** What accepted events change in the rows that lists, inbox and reconciler read. Same transaction as the events. */
export async function updateReadModels(client: pg.PoolClient, drafts: EventDraft[], now: number): Promise<void> {
  const touched = new Set<string>()
  for (const draft of drafts) {
    if ('executionId' in draft) touched.add(draft.executionId)
    await project(client, draft)
  }
  if (touched.size === 0) return
  await client.query({
    name: 'touch-executions',
    text: 'update executions set touched_at = $2 where id = any($1::text[])',
    values: [[...touched], now],
  })
}

const openStatuses = `('queued', 'running', 'waiting', 'paused')`

async function project(client: pg.PoolClient, draft: EventDraft): Promise<void> {
  switch (draft.type) {
    case 'execution:started':
      await client.query(
        `update executions set started_at = coalesce(started_at, $2), status = case when status = 'queued' then 'running' else status end where id = $1`,
        [draft.executionId, draft.timestamp],
      )
      return
    case 'execution:waiting':
      return setStatus(client, draft.executionId, 'waiting')
    case 'execution:resumed':
      return setStatus(client, draft.executionId, 'running')
    case 'execution:progress':
      await client.query('update executions set completed_nodes = greatest(completed_nodes, $2) where id = $1', [
        draft.executionId,
        draft.completed,
      ])
      return
    case 'execution:completed':
    case 'execution:failed':
    case 'execution:cancelled':
      return finish(client, draft)
    case 'user:input:required':
      return openPrompt(client, draft)
    case 'user:input:received':
      await client.query(
        `update prompts set status = 'answered', response = $2, answered_by = $3, closed_at = $4 where request_id = $1 and status <> 'answered'`,
        [draft.requestId, toJsonb(draft.response), toJsonb(draft.answeredBy), draft.answeredAt],
      )
      return
    case 'user:input:expired':
    case 'user:input:withdrawn':
      await client.query(`update prompts set status = $2, closed_at = $3 where request_id = $1 and status = 'open'`, [
        draft.requestId,
        draft.type === 'user:input:expired' ? 'expired' : 'withdrawn',
        draft.timestamp,
      ])
      return
    case 'kb:document:processing':
      await client.query(
        `update documents set status = 'processing', stage = $2, completed = $3, total = $4, percentage = $5, error = null where id = $1`,
        [draft.documentId, draft.stage, draft.completed, draft.total, draft.percentage],
      )
      return
    case 'kb:document:completed':
      await client.query(
        `update documents set status = 'completed', stage = 'indexing', percentage = 100, chunk_count = $2, finished_at = $3, error = null where id = $1`,
        [draft.documentId, draft.chunkCount, draft.timestamp],
      )
      return
    case 'kb:document:failed':
      await client.query(
        `update documents set status = 'failed', stage = $2, error = $3, finished_at = $4 where id = $1`,
        [draft.documentId, draft.stage, toJsonb(draft.error), draft.timestamp],
      )
      return
    default:
      // Every other event is read from the log only.
      return
  }
}

async function setStatus(client: pg.PoolClient, executionId: string, status: string): Promise<void> {
  await client.query(`update executions set status = $2 where id = $1 and status in ${openStatuses}`, [
    executionId,
    status,
  ])
}

type TerminalDraft = EventDraftOf<'execution:completed' | 'execution:failed' | 'execution:cancelled'>

async function finish(client: pg.PoolClient, draft: TerminalDraft): Promise<void> {
  await client.query(
    `update executions set status = $2, outputs = $3, error = $4, failed_node_id = $5, finished_at = $6 where id = $1`,
    [
      draft.executionId,
      draft.status,
      draft.type === 'execution:completed' ? toJsonb(draft.outputs) : null,
      draft.type === 'execution:failed' ? toJsonb(draft.error) : null,
      draft.type === 'execution:failed' ? (draft.failedNodeId ?? null) : null,
      draft.timestamp,
    ],
  )
  // Nobody can answer a run that is over, whatever became of the events that should have said so.
  await client.query(
    `update prompts set status = 'withdrawn', closed_at = $2 where execution_id = $1 and status = 'open'`,
    [draft.executionId, draft.timestamp],
  )
}

async function openPrompt(client: pg.PoolClient, draft: EventDraftOf<'user:input:required'>): Promise<void> {
  await client.query(
    `insert into prompts (request_id, workspace_id, execution_id, workflow_id, workflow_name, node_id, status, request, requested_at, deadline)
     select $1, workspace_id, id, workflow_id, workflow_name, $3, 'open', $4, $5, $6 from executions where id = $2
     on conflict (request_id) do nothing`,
    [draft.requestId, draft.executionId, draft.nodeId, toJsonb(draft), draft.timestamp, draft.deadline ?? null],
  )
}
