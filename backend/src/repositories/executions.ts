import type { ExecutionStatus } from '@millrace/shared/engine/execution-view'
import type { Plan } from '@millrace/shared/engine/plan'
import type { JsonObject } from '@millrace/shared/json'
import type { EventOwner } from '@millrace/temporal/ports'
import { and, asc, desc, eq, gt, inArray, lt, or } from 'drizzle-orm'
import type { Tx } from './database.ts'
import type { PagePosition } from './page-cursor.ts'
import { executionPlans, executions } from './schema/events.ts'

export type ExecutionRow = typeof executions.$inferSelect

const openStatuses = ['queued', 'running', 'waiting', 'paused'] as const

/** Newest first. Reads one row more than `limit`. */
export async function listExecutions(
  tx: Tx,
  filter: {
    workspaceId: string
    limit: number
    after: PagePosition | null
    workflowId?: string | undefined
    statuses?: readonly ExecutionStatus[] | undefined
  },
): Promise<ExecutionRow[]> {
  const { workspaceId, limit, after, workflowId, statuses } = filter
  return tx
    .select()
    .from(executions)
    .where(
      and(
        eq(executions.workspaceId, workspaceId),
        workflowId === undefined ? undefined : eq(executions.workflowId, workflowId),
        statuses === undefined ? undefined : inArray(executions.status, [...statuses]),
        after === null
          ? undefined
          : or(
              lt(executions.createdAt, after.time),
              and(eq(executions.createdAt, after.time), lt(executions.id, after.id)),
            ),
      ),
    )
    .orderBy(desc(executions.createdAt), desc(executions.id))
    .limit(limit + 1)
}

/** Null: there is none, or it belongs to another workspace. */
export async function findExecution(tx: Tx, workspaceId: string, id: string): Promise<ExecutionRow | null> {
  const [row] = await tx
    .select()
    .from(executions)
    .where(and(eq(executions.workspaceId, workspaceId), eq(executions.id, id)))
  return row ?? null
}

export async function findPlan(tx: Tx, executionId: string): Promise<Plan | null> {
  const [row] = await tx
    .select({ plan: executionPlans.plan })
    .from(executionPlans)
    .where(eq(executionPlans.executionId, executionId))
  return row === undefined ? null : (row.plan as Plan)
}

/** What a run was started with; null: the run is gone. */
export interface StoredStart {
  executionId: string
  owner: EventOwner
  plan: Plan
  input: JsonObject
  createdAt: number
}

export async function loadStart(tx: Tx, executionId: string): Promise<StoredStart | null> {
  const [row] = await tx
    .select({ execution: executions, plan: executionPlans.plan })
    .from(executions)
    .innerJoin(executionPlans, eq(executionPlans.executionId, executions.id))
    .where(eq(executions.id, executionId))
  if (row === undefined) return null
  const { workspaceId, startedBy, input, createdAt } = row.execution
  return {
    executionId,
    owner: { workspaceId, userId: startedBy },
    plan: row.plan as Plan,
    input: input as JsonObject,
    createdAt,
  }
}

/** Runs without an end, of all workspaces. */
export function countOpenExecutions(tx: Tx): Promise<number> {
  return tx.$count(executions, inArray(executions.status, [...openStatuses]))
}

export interface OpenExecutionRow {
  executionId: string
  owner: EventOwner
  status: (typeof openStatuses)[number]
  createdAt: number
  touchedAt: number
}

/**
 * Runs without an end, those first that have been silent the longest. Of all workspaces: for the reconciler.
 * @param after the last of the page before; null: the first page.
 */
export async function listOpenExecutions(
  tx: Tx,
  limit: number,
  after: Pick<OpenExecutionRow, 'executionId' | 'touchedAt'> | null,
): Promise<OpenExecutionRow[]> {
  const rows = await tx
    .select()
    .from(executions)
    .where(
      and(
        inArray(executions.status, [...openStatuses]),
        after === null
          ? undefined
          : or(
              gt(executions.touchedAt, after.touchedAt),
              and(eq(executions.touchedAt, after.touchedAt), gt(executions.id, after.executionId)),
            ),
      ),
    )
    .orderBy(asc(executions.touchedAt), asc(executions.id))
    .limit(limit)
  return rows.map(({ id, workspaceId, startedBy, status, createdAt, touchedAt }) => ({
    executionId: id,
    owner: { workspaceId, userId: startedBy },
    status: status as (typeof openStatuses)[number],
    createdAt,
    touchedAt,
  }))
}
