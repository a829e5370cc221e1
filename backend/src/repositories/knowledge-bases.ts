import { and, desc, eq, lt, or, sql } from 'drizzle-orm'
import type { Tx } from './database.ts'
import type { PagePosition } from './page-cursor.ts'
import { documents, knowledgeBases } from './schema/knowledge.ts'

export type KnowledgeBaseRow = typeof knowledgeBases.$inferSelect
export type CountedKnowledgeBase = KnowledgeBaseRow & { documentCount: number; chunkCount: number }

const counted = {
  id: knowledgeBases.id,
  workspaceId: knowledgeBases.workspaceId,
  name: knowledgeBases.name,
  description: knowledgeBases.description,
  embeddingModel: knowledgeBases.embeddingModel,
  dimensions: knowledgeBases.dimensions,
  createdBy: knowledgeBases.createdBy,
  createdAt: knowledgeBases.createdAt,
  documentCount: sql<number>`count(${documents.id})::int`,
  chunkCount: sql<number>`coalesce(sum(${documents.chunkCount}), 0)::int`,
}

/** False: there is one of that id already, and nothing was changed. */
export async function insertKnowledgeBase(tx: Tx, row: KnowledgeBaseRow): Promise<boolean> {
  const inserted = await tx
    .insert(knowledgeBases)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: knowledgeBases.id })
  return inserted.length > 0
}

/** Null: there is none of that id in the workspace. */
export async function findKnowledgeBase(tx: Tx, workspaceId: string, id: string): Promise<CountedKnowledgeBase | null> {
  const [row] = await selectCounted(tx)
    .where(and(eq(knowledgeBases.workspaceId, workspaceId), eq(knowledgeBases.id, id)))
    .groupBy(knowledgeBases.id)
  return row ?? null
}

/** Newest first. */
export async function listKnowledgeBases(
  tx: Tx,
  workspaceId: string,
  page: { limit: number; after: PagePosition | null },
): Promise<CountedKnowledgeBase[]> {
  const { after } = page
  const isAfter =
    after === null
      ? undefined
      : or(
          lt(knowledgeBases.createdAt, after.time),
          and(eq(knowledgeBases.createdAt, after.time), lt(knowledgeBases.id, after.id)),
        )
  return selectCounted(tx)
    .where(and(eq(knowledgeBases.workspaceId, workspaceId), isAfter))
    .groupBy(knowledgeBases.id)
    .orderBy(desc(knowledgeBases.createdAt), desc(knowledgeBases.id))
    .limit(page.limit)
}

/** Removes it with everything in it; the files are the caller's. */
export async function deleteKnowledgeBase(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
  const gone = await tx
    .delete(knowledgeBases)
    .where(and(eq(knowledgeBases.workspaceId, workspaceId), eq(knowledgeBases.id, id)))
    .returning({ id: knowledgeBases.id })
  return gone.length > 0
}

function selectCounted(tx: Tx) {
  return tx.select(counted).from(knowledgeBases).leftJoin(documents, eq(documents.knowledgeBaseId, knowledgeBases.id))
}
