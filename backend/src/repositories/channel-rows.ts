import type { ExecutionStatus } from '@millrace/shared/engine/execution-view'
import type { PromptInputType } from '@millrace/shared/events/user-input'
import { and, desc, eq, getTableColumns, inArray, sql } from 'drizzle-orm'
import type { Tx } from './database.ts'
import type { DocumentRow } from './documents.ts'
import type { ExecutionRow } from './executions.ts'
import type { PromptRow } from './prompts.ts'
import { executions, prompts, topics } from './schema/events.ts'
import { documents, knowledgeBases } from './schema/knowledge.ts'
import { workflows } from './schema/workflows.ts'

/** Which rows of a workspace a channel begins with; lists that are not given restrict nothing. */
export interface ChannelRowFilter {
  workspaceId: string
  workflowIds?: readonly string[] | undefined
  executionIds?: readonly string[] | undefined
  limit: number
}

/** Where a topic stands; without a row it has no events. */
export async function findTopicPlace(tx: Tx, topic: string): Promise<{ seq: number; epoch: string }> {
  const [row] = await tx.select({ seq: topics.head, epoch: topics.epoch }).from(topics).where(eq(topics.topic, topic))
  return row ?? { seq: 0, epoch: '' }
}

/** Of a workflow, deleted ones too: their runs go on. Null: there is none. */
export async function findWorkspaceOfWorkflow(tx: Tx, workflowId: string): Promise<string | null> {
  const [row] = await tx
    .select({ workspaceId: workflows.workspaceId })
    .from(workflows)
    .where(eq(workflows.id, workflowId))
  return row?.workspaceId ?? null
}

/** Null: there is no such knowledge base. */
export async function findWorkspaceOfKnowledgeBase(tx: Tx, knowledgeBaseId: string): Promise<string | null> {
  const [row] = await tx
    .select({ workspaceId: knowledgeBases.workspaceId })
    .from(knowledgeBases)
    .where(eq(knowledgeBases.id, knowledgeBaseId))
  return row?.workspaceId ?? null
}

/** Newest first, without what was put in and what came out. */
export async function listExecutionRows(
  tx: Tx,
  filter: ChannelRowFilter & { statuses?: readonly ExecutionStatus[] | undefined },
): Promise<Omit<ExecutionRow, 'input' | 'outputs'>[]> {
  const { input: _input, outputs: _outputs, ...columns } = getTableColumns(executions)
  return tx
    .select(columns)
    .from(executions)
    .where(
      and(
        eq(executions.workspaceId, filter.workspaceId),
        within(executions.workflowId, filter.workflowIds),
        within(executions.id, filter.executionIds),
        filter.statuses === undefined ? undefined : inArray(executions.status, [...filter.statuses]),
      ),
    )
    .orderBy(desc(executions.createdAt), desc(executions.id))
    .limit(filter.limit)
}

/** Newest first. `inputType`: only questions of that kind. */
export async function listOpenPromptRows(
  tx: Tx,
  filter: ChannelRowFilter & { inputType?: PromptInputType | undefined },
): Promise<PromptRow[]> {
  return tx
    .select()
    .from(prompts)
    .where(
      and(
        eq(prompts.workspaceId, filter.workspaceId),
        eq(prompts.status, 'open'),
        within(prompts.workflowId, filter.workflowIds),
        within(prompts.executionId, filter.executionIds),
        filter.inputType === undefined ? undefined : eq(sql`${prompts.request} ->> 'inputType'`, filter.inputType),
      ),
    )
    .orderBy(desc(prompts.requestedAt), desc(prompts.requestId))
    .limit(filter.limit)
}

/** Newest first; of one knowledge base, or of all. */
export async function listUnfinishedDocumentRows(
  tx: Tx,
  filter: { workspaceId: string; knowledgeBaseId: string | null; limit: number },
): Promise<DocumentRow[]> {
  return tx
    .select()
    .from(documents)
    .where(
      and(
        eq(documents.workspaceId, filter.workspaceId),
        inArray(documents.status, ['queued', 'processing']),
        filter.knowledgeBaseId === null ? undefined : eq(documents.knowledgeBaseId, filter.knowledgeBaseId),
      ),
    )
    .orderBy(desc(documents.createdAt), desc(documents.id))
    .limit(filter.limit)
}

function within(
  column: typeof executions.id | typeof executions.workflowId | typeof prompts.workflowId | typeof prompts.executionId,
  ids: readonly string[] | undefined,
) {
  return ids === undefined ? undefined : inArray(column, [...ids])
}
