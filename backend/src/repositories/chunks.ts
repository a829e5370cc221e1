import { and, asc, count, eq, gte, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { type ChunkMetadata, chunks, type DocumentSection, documentTexts } from './schema/knowledge.ts'

export interface PassageRow {
  ordinal: number
  text: string
  /** Found and embedded with the text. */
  context: string
  metadata: ChunkMetadata
}

export async function storeSections(tx: Tx, documentId: string, sections: DocumentSection[]): Promise<void> {
  await tx
    .insert(documentTexts)
    .values({ documentId, sections })
    .onConflictDoUpdate({ target: documentTexts.documentId, set: { sections } })
}

/** Null: not extracted yet. */
export async function loadSections(tx: Tx, documentId: string): Promise<DocumentSection[] | null> {
  const [row] = await tx
    .select({ sections: documentTexts.sections })
    .from(documentTexts)
    .where(eq(documentTexts.documentId, documentId))
  return row?.sections ?? null
}

/**
 * Stores passages under their ordinals. One that is there with the same text stays, with its embedding;
 * one with another text is replaced and has to be embedded and indexed again.
 */
export async function storePassages(
  tx: Tx,
  owner: { documentId: string; knowledgeBaseId: string },
  passages: PassageRow[],
): Promise<void> {
  if (passages.length === 0) return
  const rows = passages.map((passage) => ({ ...owner, ...passage, id: `${owner.documentId}:${passage.ordinal}` }))
  const isSame = sql`${chunks.text} = excluded.text and ${chunks.context} = excluded.context`
  await tx
    .insert(chunks)
    .values(rows)
    .onConflictDoUpdate({
      target: [chunks.documentId, chunks.ordinal],
      set: {
        text: sql`excluded.text`,
        context: sql`excluded.context`,
        metadata: sql`excluded.metadata`,
        embedding: sql`case when ${isSame} then ${chunks.embedding} end`,
        indexedAt: sql`case when ${isSame} then ${chunks.indexedAt} end`,
      },
    })
}

export async function deletePassagesFrom(tx: Tx, documentId: string, ordinal: number): Promise<void> {
  await tx.delete(chunks).where(and(eq(chunks.documentId, documentId), gte(chunks.ordinal, ordinal)))
}

export async function countPassages(tx: Tx, documentId: string): Promise<{ total: number; embedded: number }> {
  const [row] = await tx
    .select({ total: count(), embedded: count(chunks.embedding) })
    .from(chunks)
    .where(eq(chunks.documentId, documentId))
  return row ?? { total: 0, embedded: 0 }
}

/** The first passages without an embedding. */
export async function listUnembedded(
  tx: Tx,
  documentId: string,
  limit: number,
): Promise<{ id: string; context: string; text: string }[]> {
  return tx
    .select({ id: chunks.id, context: chunks.context, text: chunks.text })
    .from(chunks)
    .where(and(eq(chunks.documentId, documentId), isNull(chunks.embedding)))
    .orderBy(asc(chunks.ordinal))
    .limit(limit)
}

/** `intoVector`: pgvector is in use, so its column is filled in the same statement. */
export async function storeEmbeddings(
  tx: Tx,
  rows: { id: string; embedding: number[] }[],
  intoVector: boolean,
): Promise<void> {
  const ids = sql.param(rows.map(({ id }) => id))
  const vectors = sql.param(rows.map(({ embedding }) => `{${embedding.join(',')}}`))
  await tx.execute(sql`
    update chunks set embedding = found.embedding::real[] ${intoVector ? sql`, vector = found.embedding::real[]::vector` : sql``}
    from unnest(${ids}::text[], ${vectors}::text[]) as found(id, embedding)
    where chunks.id = found.id`)
}

/** Makes the passages findable. Returns how many the document has, found before or not. */
export async function indexPassages(tx: Tx, documentId: string, indexedAt: number): Promise<number> {
  await tx
    .update(chunks)
    .set({ indexedAt })
    .where(and(eq(chunks.documentId, documentId), isNotNull(chunks.embedding), isNull(chunks.indexedAt)))
  return (await countPassages(tx, documentId)).total
}
