import { and, desc, eq, lt, or } from 'drizzle-orm'
import type { Tx } from './database.ts'
import type { PagePosition } from './page-cursor.ts'
import { prompts } from './schema/events.ts'

export type PromptRow = typeof prompts.$inferSelect

/** Newest first. Reads one row more than `limit`. */
export async function listPrompts(
  tx: Tx,
  filter: {
    workspaceId: string
    limit: number
    after: PagePosition | null
    status?: PromptRow['status'] | undefined
    executionId?: string | undefined
  },
): Promise<PromptRow[]> {
  const { workspaceId, limit, after, status, executionId } = filter
  return tx
    .select()
    .from(prompts)
    .where(
      and(
        eq(prompts.workspaceId, workspaceId),
        status === undefined ? undefined : eq(prompts.status, status),
        executionId === undefined ? undefined : eq(prompts.executionId, executionId),
        after === null
          ? undefined
          : or(
              lt(prompts.requestedAt, after.time),
              and(eq(prompts.requestedAt, after.time), lt(prompts.requestId, after.id)),
            ),
      ),
    )
    .orderBy(desc(prompts.requestedAt), desc(prompts.requestId))
    .limit(limit + 1)
}

/** Null: there is none, or it belongs to another workspace. */
export async function findPrompt(tx: Tx, workspaceId: string, requestId: string): Promise<PromptRow | null> {
  const [row] = await tx
    .select()
    .from(prompts)
    .where(and(eq(prompts.workspaceId, workspaceId), eq(prompts.requestId, requestId)))
  return row ?? null
}

/** Where a question belongs, for callers of several workspaces; null: there is none. */
export async function findWorkspaceOfPrompt(tx: Tx, requestId: string): Promise<string | null> {
  const [row] = await tx
    .select({ workspaceId: prompts.workspaceId })
    .from(prompts)
    .where(eq(prompts.requestId, requestId))
  return row?.workspaceId ?? null
}
