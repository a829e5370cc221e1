import { and, asc, count, desc, eq, inArray, lt, or } from 'drizzle-orm'
import type { Tx } from './database.ts'
import type { PagePosition } from './page-cursor.ts'
import { documents } from './schema/knowledge.ts'

export type DocumentRow = typeof documents.$inferSelect

/** A document of a workspace: its id alone is not enough to find it. */
export interface DocumentPlace {
  workspaceId: string
  knowledgeBaseId: string
  documentId: string
}

/** Returns those that were inserted; one whose id is there already stays as it was. */
export async function insertDocuments(tx: Tx, rows: DocumentRow[]): Promise<DocumentRow[]> {
  return rows.length === 0 ? [] : tx.insert(documents).values(rows).onConflictDoNothing().returning()
}

/** For the stages of the processing, which know nothing but the id. */
export async function findDocumentById(tx: Tx, id: string): Promise<DocumentRow | null> {
  const [row] = await tx.select().from(documents).where(eq(documents.id, id))
  return row ?? null
}

export async function findDocument(tx: Tx, place: DocumentPlace): Promise<DocumentRow | null> {
  const [row] = await tx.select().from(documents).where(isAt(place))
  return row ?? null
}

/** Newest first. */
export async function listDocuments(
  tx: Tx,
  { workspaceId, knowledgeBaseId }: Omit<DocumentPlace, 'documentId'>,
  page: { limit: number; after: PagePosition | null },
): Promise<DocumentRow[]> {
  const { after } = page
  const isAfter =
    after === null
      ? undefined
      : or(lt(documents.createdAt, after.time), and(eq(documents.createdAt, after.time), lt(documents.id, after.id)))
  return tx
    .select()
    .from(documents)
    .where(and(eq(documents.workspaceId, workspaceId), eq(documents.knowledgeBaseId, knowledgeBaseId), isAfter))
    .orderBy(desc(documents.createdAt), desc(documents.id))
    .limit(page.limit)
}

export async function countDocuments(tx: Tx, knowledgeBaseId: string): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(documents)
    .where(eq(documents.knowledgeBaseId, knowledgeBaseId))
  return row?.count ?? 0
}

/** The oldest documents whose processing has not come to an end. */
export async function listUnfinishedDocuments(tx: Tx, limit: number): Promise<DocumentRow[]> {
  return tx
    .select()
    .from(documents)
    .where(inArray(documents.status, ['queued', 'processing']))
    .orderBy(asc(documents.createdAt))
    .limit(limit)
}

/** A failed document goes back to the beginning. False: it was not failed. */
export async function requeueDocument(tx: Tx, place: DocumentPlace): Promise<boolean> {
  const changed = await tx
    .update(documents)
    .set({ status: 'queued', stage: 'queued', completed: 0, total: 0, percentage: 0, error: null, finishedAt: null })
    .where(and(isAt(place), eq(documents.status, 'failed')))
    .returning({ id: documents.id })
  return changed.length > 0
}

/** Removes it with its text and passages. Null: it was not there. The file is the caller's. */
export async function deleteDocument(tx: Tx, place: DocumentPlace): Promise<DocumentRow | null> {
  const [row] = await tx.delete(documents).where(isAt(place)).returning()
  return row ?? null
}

/** Names of all files that a document needs, of every workspace. */
export async function listStoredFiles(tx: Tx, knowledgeBaseId?: string): Promise<string[]> {
  const rows = await tx
    .select({ storedAs: documents.storedAs })
    .from(documents)
    .where(knowledgeBaseId === undefined ? undefined : eq(documents.knowledgeBaseId, knowledgeBaseId))
  return rows.map(({ storedAs }) => storedAs)
}

function isAt({ workspaceId, knowledgeBaseId, documentId }: DocumentPlace) {
  return and(
    eq(documents.workspaceId, workspaceId),
    eq(documents.knowledgeBaseId, knowledgeBaseId),
    eq(documents.id, documentId),
  )
}
