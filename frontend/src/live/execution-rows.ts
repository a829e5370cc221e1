import type { ExecutionSummary } from '@millrace/shared/api/executions'
import type { WorkflowEvent } from '@millrace/shared/events'

/**
 * A run's list row after an event; the same object when the event does not concern it. Statuses and progress
 * move at once, the rest comes with the next reading of the list.
 */
export function applyToRow(row: ExecutionSummary, event: WorkflowEvent): ExecutionSummary {
  if (!('executionId' in event) || event.executionId !== row.executionId || row.finishedAt !== undefined) return row
  switch (event.type) {
    case 'execution:started':
    case 'execution:resumed':
    case 'user:input:received':
    case 'user:input:expired':
      return { ...row, status: 'running' }
    case 'execution:waiting':
      return { ...row, status: 'waiting' }
    case 'execution:progress':
      return { ...row, completedNodes: event.completed, totalNodes: event.total }
    case 'execution:completed':
    case 'execution:cancelled':
      return { ...row, status: event.status, finishedAt: event.timestamp, duration: event.duration }
    case 'execution:failed':
      return { ...row, status: 'failed', finishedAt: event.timestamp, duration: event.duration, error: event.error }
    default:
      return row
  }
}
