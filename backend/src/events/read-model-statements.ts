import type { PreparedStatement } from '../repositories/prepared-batch.ts'

const openStatuses = `('queued', 'running', 'waiting', 'paused')`

export const touchExecution: PreparedStatement = {
  name: 'touch-execution',
  types: ['text', 'bigint'],
  text: 'update executions set touched_at = $2 where id = $1',
}

export const startExecution: PreparedStatement = {
  name: 'start-execution',
  types: ['text', 'bigint'],
  text: `update executions set started_at = coalesce(started_at, $2), status = case when status = 'queued' then 'running' else status end where id = $1`,
}

export const setStatus: PreparedStatement = {
  name: 'set-execution-status',
  types: ['text', 'text'],
  text: `update executions set status = $2 where id = $1 and status in ${openStatuses}`,
}

export const setProgress: PreparedStatement = {
  name: 'set-execution-progress',
  types: ['text', 'int'],
  text: 'update executions set completed_nodes = greatest(completed_nodes, $2) where id = $1',
}

export const finishExecution: PreparedStatement = {
  name: 'finish-execution',
  types: ['text', 'text', 'jsonb', 'jsonb', 'text', 'bigint'],
  text: 'update executions set status = $2, outputs = $3, error = $4, failed_node_id = $5, finished_at = $6 where id = $1',
}

export const openPrompt: PreparedStatement = {
  name: 'open-prompt',
  types: ['text', 'text', 'text', 'jsonb', 'bigint', 'bigint'],
  text: `insert into prompts (request_id, workspace_id, execution_id, workflow_id, workflow_name, node_id, status, request, requested_at, deadline)
         select $1, workspace_id, id, workflow_id, workflow_name, $3, 'open', $4, $5, $6 from executions where id = $2
         on conflict (request_id) do nothing`,
}

export const remindOfPrompt: PreparedStatement = {
  name: 'remind-of-prompt',
  types: ['text', 'int', 'bigint'],
  text: `update prompts set reminder_count = $2, reminded_at = $3 where request_id = $1 and status = 'open'`,
}

export const answerPrompt: PreparedStatement = {
  name: 'answer-prompt',
  types: ['text', 'jsonb', 'jsonb', 'bigint'],
  text: `update prompts set status = 'answered', response = $2, answered_by = $3, closed_at = $4 where request_id = $1 and status <> 'answered'`,
}

export const closePrompt: PreparedStatement = {
  name: 'close-prompt',
  types: ['text', 'text', 'bigint'],
  text: `update prompts set status = $2, closed_at = $3 where request_id = $1 and status = 'open'`,
}

export const withdrawPrompts: PreparedStatement = {
  name: 'withdraw-prompts',
  types: ['text', 'bigint'],
  text: `update prompts set status = 'withdrawn', closed_at = $2 where execution_id = $1 and status = 'open'`,
}

export const moveDocument: PreparedStatement = {
  name: 'move-document',
  types: ['text', 'text', 'int', 'int', 'real'],
  text: `update documents set status = 'processing', stage = $2, completed = $3, total = $4, percentage = $5, error = null where id = $1`,
}

export const completeDocument: PreparedStatement = {
  name: 'complete-document',
  types: ['text', 'int', 'bigint'],
  text: `update documents set status = 'completed', stage = 'indexing', percentage = 100, chunk_count = $2, finished_at = $3, error = null where id = $1`,
}

export const failDocument: PreparedStatement = {
  name: 'fail-document',
  types: ['text', 'text', 'jsonb', 'bigint'],
  text: `update documents set status = 'failed', stage = $2, error = $3, finished_at = $4 where id = $1`,
}
