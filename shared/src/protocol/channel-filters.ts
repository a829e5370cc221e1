import { z } from 'zod'
import { type ExecutionStatus, executionStatuses } from '../engine/execution-view.ts'
import type { WorkflowEvent, WorkflowEventType } from '../events/index.ts'
import type { ApprovalEvent, ApprovalEventType } from './approval-events.ts'
import { Identifier } from './identifiers.ts'

/** Entries of one list of a filter: a filter is looked at for every event, and kept by both sides. */
export const filterEntriesMax = 50

const ids = z.array(Identifier).min(1).max(filterEntriesMax)

/** What of a channel is wanted: of each list that is given, one entry must fit. */
export const ChannelFilters = z.strictObject({
  workflow_ids: ids.optional(),
  execution_ids: ids.optional(),
  statuses: z.array(z.enum(executionStatuses)).min(1).max(filterEntriesMax).optional(),
})
export type ChannelFilters = z.output<typeof ChannelFilters>

/** The status that an event says its run has now. A question is withdrawn by whatever ended the run. */
export const impliedStatuses: Partial<Record<WorkflowEventType | ApprovalEventType, readonly ExecutionStatus[]>> = {
  'execution:created': ['queued'],
  'execution:started': ['running'],
  'execution:resumed': ['running'],
  'execution:progress': ['running'],
  'execution:stalled': ['running'],
  'execution:blocked': ['running'],
  'execution:waiting': ['waiting'],
  'execution:paused': ['paused'],
  'execution:completed': ['completed'],
  'execution:failed': ['failed'],
  'execution:cancelled': ['cancelled'],
  'user:input:required': ['waiting'],
  'user:input:reminder': ['waiting'],
  'user:input:received': ['running'],
  'user:input:expired': ['running'],
  'user:input:withdrawn': ['failed', 'cancelled'],
  'approval:required': ['waiting'],
  'approval:reminder': ['waiting'],
  'approval:granted': ['running'],
  'approval:denied': ['running'],
  'approval:expired': ['running', 'failed', 'cancelled'],
}

/** What a filter can be compared with: an event, or a row of a list. */
export interface Filterable {
  workflowId?: string | undefined
  executionId?: string | undefined
  statuses: readonly ExecutionStatus[]
}

/** What an event does not say, fits no list that asks for it. */
export function acceptsEvent(filters: ChannelFilters | undefined, event: WorkflowEvent | ApprovalEvent): boolean {
  if (filters === undefined) return true
  return fits(filters, {
    workflowId: 'workflowId' in event ? event.workflowId : undefined,
    executionId: 'executionId' in event ? event.executionId : undefined,
    statuses: impliedStatuses[event.type] ?? [],
  })
}

/** Whether something belongs to what a filter wants. */
export function fits(filters: ChannelFilters, { workflowId, executionId, statuses }: Filterable): boolean {
  return (
    (filters.workflow_ids === undefined || (workflowId !== undefined && filters.workflow_ids.includes(workflowId))) &&
    (filters.execution_ids === undefined ||
      (executionId !== undefined && filters.execution_ids.includes(executionId))) &&
    (filters.statuses === undefined || statuses.some((status) => filters.statuses?.includes(status)))
  )
}

/** Two filters that let the same through are written alike. */
export function filterKey(filters: ChannelFilters | undefined): string {
  const lists = [filters?.workflow_ids, filters?.execution_ids, filters?.statuses]
  return JSON.stringify(lists.map((list) => (list === undefined ? null : [...new Set<string>(list)].toSorted())))
}
