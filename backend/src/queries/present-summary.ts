import type { ExecutionSummary } from '@millrace/shared/api/executions'
import type { EventError } from '@millrace/shared/events/envelope'
import type { ExecutionRow } from '../repositories/executions.ts'

/** A run without what was put in and what came out, which lists never show. */
export type ExecutionListRow = Omit<ExecutionRow, 'input' | 'outputs'>

export function toExecutionSummary(row: ExecutionListRow): ExecutionSummary {
  const { finishedAt, createdAt } = row
  return {
    executionId: row.id,
    workflowId: row.workflowId,
    workflowName: row.workflowName,
    workflowVersion: row.workflowVersion,
    status: row.status,
    totalNodes: row.totalNodes,
    completedNodes: row.completedNodes,
    startedByName: row.startedByName,
    origin: row.origin,
    ...(row.error === null ? {} : { error: row.error as EventError }),
    ...(row.failedNodeId === null ? {} : { failedNodeId: row.failedNodeId }),
    createdAt,
    startedAt: row.startedAt ?? createdAt,
    ...(finishedAt === null ? {} : { finishedAt, duration: finishedAt - createdAt }),
  }
}
