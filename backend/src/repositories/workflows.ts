import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { and, desc, eq, ilike, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Tx } from './database.ts'
import type { PagePosition } from './page-cursor.ts'
import { executions } from './schema/events.ts'
import { workflows, workflowVersions } from './schema/workflows.ts'
import { toJsonb } from './to-jsonb.ts'

export type WorkflowRow = typeof workflows.$inferSelect

export interface WorkflowSummaryRow extends WorkflowRow {
  nodeCount: number
  lastExecution: { executionId: string; status: string; createdAt: number } | null
}

export interface NewVersion {
  workflowId: string
  version: number
  name: string
  definition: WorkflowDefinition
  createdBy: string
  createdAt: number
}

const ofNewestVersion = and(
  eq(workflowVersions.workflowId, workflows.id),
  eq(workflowVersions.version, workflows.version),
)

function inWorkspace(workspaceId: string): SQL | undefined {
  return and(eq(workflows.workspaceId, workspaceId), isNull(workflows.deletedAt))
}

/** Newest change first; `query` is looked for in name and description. Reads one row more than `limit`. */
export async function listWorkflows(
  tx: Tx,
  {
    workspaceId,
    limit,
    after,
    query,
  }: { workspaceId: string; limit: number; after: PagePosition | null; query?: string | undefined },
): Promise<WorkflowSummaryRow[]> {
  const pattern = query === undefined || query === '' ? null : `%${query.replaceAll(/[\\%_]/g, '\\$&')}%`
  const rows = await tx
    .select({
      workflow: workflows,
      nodeCount: sql<number>`jsonb_array_length(${workflowVersions.definition} -> 'nodes')`,
      lastExecution: sql<WorkflowSummaryRow['lastExecution']>`(
        select jsonb_build_object('executionId', e.id, 'status', e.status, 'createdAt', e.created_at)
        from ${executions} e where e.workflow_id = ${workflows.id} order by e.created_at desc limit 1)`,
    })
    .from(workflows)
    .innerJoin(workflowVersions, ofNewestVersion)
    .where(
      and(
        inWorkspace(workspaceId),
        pattern === null ? undefined : or(ilike(workflows.name, pattern), ilike(workflows.description, pattern)),
        after === null
          ? undefined
          : or(
              lt(workflows.updatedAt, after.time),
              and(eq(workflows.updatedAt, after.time), lt(workflows.id, after.id)),
            ),
      ),
    )
    .orderBy(desc(workflows.updatedAt), desc(workflows.id))
    .limit(limit + 1)
  return rows.map(({ workflow, nodeCount, lastExecution }) => ({ ...workflow, nodeCount, lastExecution }))
}

export interface WorkflowWithDefinition extends WorkflowRow {
  definition: WorkflowDefinition
}

/** The newest version. Null: there is none, it was deleted, or it belongs to another workspace. */
export async function findWorkflow(tx: Tx, workspaceId: string, id: string): Promise<WorkflowWithDefinition | null> {
  const [row] = await tx
    .select({ workflow: workflows, definition: workflowVersions.definition })
    .from(workflows)
    .innerJoin(workflowVersions, ofNewestVersion)
    .where(and(inWorkspace(workspaceId), eq(workflows.id, id)))
  return row === undefined ? null : { ...row.workflow, definition: row.definition }
}

/** The drawing of any version, of deleted workflows too, for runs outlive them. */
export async function findVersion(
  tx: Tx,
  { workflowId, version }: { workflowId: string; version: number },
): Promise<WorkflowDefinition | null> {
  const [row] = await tx
    .select({ definition: workflowVersions.definition })
    .from(workflowVersions)
    .where(and(eq(workflowVersions.workflowId, workflowId), eq(workflowVersions.version, version)))
  return row?.definition ?? null
}

export async function insertWorkflow(tx: Tx, row: Omit<WorkflowRow, 'deletedAt'>): Promise<void> {
  await tx.insert(workflows).values(row)
}

export async function insertVersion(tx: Tx, version: NewVersion): Promise<void> {
  await tx.insert(workflowVersions).values({
    ...version,
    definition: sql`${toJsonb(version.definition)}::jsonb`,
  })
}

/** Raises the version, if it still is `fromVersion`; false: somebody saved in between, or it is gone. */
export async function advanceWorkflow(
  tx: Tx,
  { workspaceId, id, fromVersion }: { workspaceId: string; id: string; fromVersion: number },
  changes: { name: string; description: string; updatedAt: number },
): Promise<boolean> {
  const rows = await tx
    .update(workflows)
    .set({ ...changes, version: fromVersion + 1 })
    .where(and(inWorkspace(workspaceId), eq(workflows.id, id), eq(workflows.version, fromVersion)))
    .returning({ id: workflows.id })
  return rows.length > 0
}

/** Takes it out of lists; versions and runs stay. False: there was none. */
export async function markWorkflowDeleted(tx: Tx, workspaceId: string, id: string, now: number): Promise<boolean> {
  const rows = await tx
    .update(workflows)
    .set({ deletedAt: now })
    .where(and(inWorkspace(workspaceId), eq(workflows.id, id)))
    .returning({ id: workflows.id })
  return rows.length > 0
}

/** Where a workflow belongs, for callers of several workspaces; null: there is none. */
export async function findWorkspaceOfWorkflow(tx: Tx, workflowId: string): Promise<string | null> {
  const [row] = await tx
    .select({ workspaceId: workflows.workspaceId })
    .from(workflows)
    .where(and(eq(workflows.id, workflowId), isNull(workflows.deletedAt)))
  return row?.workspaceId ?? null
}
