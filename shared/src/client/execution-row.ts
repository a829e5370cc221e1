import type { ExecutionSummary } from '../api/executions.ts'
import type { WorkflowEventOf } from '../events/index.ts'
import type { ChannelEvent } from '../protocol/channels.ts'

/** The row of a run that has just been created, as the HTTP API lists it. */
export function executionRowOf(created: WorkflowEventOf<'execution:created'>): ExecutionSummary {
  const { executionId, workflowId, workflowName, workflowVersion, totalNodes, startedByName, timestamp, origin } =
    created
  return {
    executionId,
    workflowId,
    workflowName,
    workflowVersion,
    status: 'queued',
    totalNodes,
    completedNodes: 0,
    startedByName: startedByName ?? '',
    ...(origin === undefined ? {} : { origin }),
    createdAt: timestamp,
    startedAt: timestamp,
  }
}

/**
 * A run's list row after an event; the same object when the event does not concern it. Statuses and progress
 * move at once, the rest comes with the next reading of the list.
 */
export function applyToRow(row: ExecutionSummary, event: ChannelEvent): ExecutionSummary {
  if (!('executionId' in event) || event.executionId !== row.executionId || row.finishedAt !== undefined) return row
  switch (event.type) {
    case 'execution:started':
      return row.status === 'queued' ? { ...row, status: 'running', startedAt: event.timestamp } : row
    case 'execution:resumed':
      return { ...row, status: 'running' }
    case 'execution:waiting':
      return { ...row, status: 'waiting' }
    case 'execution:paused':
      return { ...row, status: 'paused' }
    case 'execution:progress':
      return { ...row, completedNodes: Math.max(row.completedNodes, event.completed), totalNodes: event.total }
    case 'execution:completed':
    case 'execution:cancelled':
      return { ...row, status: event.status, finishedAt: event.timestamp, duration: event.duration }
    case 'execution:failed': {
      const { timestamp: finishedAt, duration, error, failedNodeId } = event
      const failed = { ...row, status: event.status, finishedAt, duration, error }
      return failedNodeId === undefined ? failed : { ...failed, failedNodeId }
    }
    default:
      return row
  }
}
