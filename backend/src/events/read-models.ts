import type { EventDraft, EventDraftOf } from '@millrace/shared/events'
import { type BatchStep, callOf } from '../repositories/prepared-batch.ts'
import { toJsonb } from '../repositories/to-jsonb.ts'
import * as statements from './read-model-statements.ts'

/**
 * What accepted events change in the rows that lists, inbox and reconciler read. Same transaction as the events.
 * `touched`: executions whose rows are told that they live.
 */
export function readModelSteps(drafts: readonly EventDraft[], touched: readonly string[], now: number): BatchStep[] {
  return [...drafts.flatMap(stepsOf), ...touched.map((id) => callOf(statements.touchExecution, id, now))]
}

function stepsOf(draft: EventDraft): BatchStep[] {
  switch (draft.type) {
    case 'execution:started':
      return [callOf(statements.startExecution, draft.executionId, draft.timestamp)]
    case 'execution:waiting':
      return [callOf(statements.setStatus, draft.executionId, 'waiting')]
    case 'execution:paused':
      return [callOf(statements.setStatus, draft.executionId, 'paused')]
    case 'execution:resumed':
      return [callOf(statements.setStatus, draft.executionId, 'running')]
    case 'execution:progress':
      return [callOf(statements.setProgress, draft.executionId, draft.completed)]
    case 'execution:completed':
    case 'execution:failed':
    case 'execution:cancelled':
      return finishSteps(draft)
    case 'user:input:required':
      return [
        callOf(
          statements.openPrompt,
          draft.requestId,
          draft.executionId,
          draft.nodeId,
          toJsonb(draft),
          draft.timestamp,
          draft.deadline ?? null,
        ),
      ]
    case 'user:input:reminder':
      return [callOf(statements.remindOfPrompt, draft.requestId, draft.number, draft.timestamp)]
    case 'user:input:received':
      return [
        callOf(
          statements.answerPrompt,
          draft.requestId,
          toJsonb(draft.response),
          toJsonb(draft.answeredBy),
          draft.answeredAt,
        ),
      ]
    case 'user:input:expired':
      return [callOf(statements.closePrompt, draft.requestId, 'expired', draft.timestamp)]
    case 'user:input:withdrawn':
      return [callOf(statements.closePrompt, draft.requestId, 'withdrawn', draft.timestamp)]
    case 'kb:document:processing':
      return [
        callOf(statements.moveDocument, draft.documentId, draft.stage, draft.completed, draft.total, draft.percentage),
      ]
    case 'kb:document:completed':
      return [callOf(statements.completeDocument, draft.documentId, draft.chunkCount, draft.timestamp)]
    case 'kb:document:failed':
      return [callOf(statements.failDocument, draft.documentId, draft.stage, toJsonb(draft.error), draft.timestamp)]
    default:
      // Every other event is read from the log only.
      return []
  }
}

function finishSteps(
  draft: EventDraftOf<'execution:completed' | 'execution:failed' | 'execution:cancelled'>,
): BatchStep[] {
  const outputs = draft.type === 'execution:completed' ? toJsonb(draft.outputs) : null
  const error = draft.type === 'execution:failed' ? toJsonb(draft.error) : null
  const failedNodeId = draft.type === 'execution:failed' ? (draft.failedNodeId ?? null) : null
  return [
    callOf(statements.finishExecution, draft.executionId, draft.status, outputs, error, failedNodeId, draft.timestamp),
    // Nobody can answer a run that is over, whatever became of the events that should have said so.
    callOf(statements.withdrawPrompts, draft.executionId, draft.timestamp),
  ]
}
