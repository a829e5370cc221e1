import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Tx } from './database.ts'
import { type ChunkMetadata, chunks, documents } from './schema/knowledge.ts'

/** A candidate; the higher its score, the better, within one search. */
export interface ScoredPassage {
  id: string
  score: number
}

export interface FoundPassage {
  id: string
  documentId: string
  documentName: string
  ordinal: number
  text: string
  metadata: ChunkMetadata
}

/** Changes whenever passages become findable or go away; passages themselves never change once they are. */
export interface IndexState {
  count: number
  newestAt: number
}

export async function readIndexState(tx: Tx, knowledgeBaseId: string): Promise<IndexState> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int`, newestAt: sql<number>`coalesce(max(${chunks.indexedAt}), 0)` })
    .from(chunks)
    .where(isFindable(knowledgeBaseId))
  return row ?? { count: 0, newestAt: 0 }
}

/** How many findable passages have each term; terms are tsquery texts. */
export async function countTerms(tx: Tx, knowledgeBaseId: string, terms: string[]): Promise<number[]> {
  const { rows } = await tx.execute<{ place: number; found: number }>(sql`
    select term.place::int as place, count(*)::int as found
    from unnest(${sql.param(terms)}::text[]) with ordinality as term(query, place)
    join chunks on chunks.words @@ term.query::tsquery
    where chunks.knowledge_base_id = ${knowledgeBaseId} and chunks.indexed_at is not null
    group by term.place`)
  return terms.map((_, index) => rows.find(({ place }) => place === index + 1)?.found ?? 0)
}

/**
 * Passages by the terms they have, each weighed by its rarity. Those that fit `query` as websearch_to_tsquery reads
 * it (all words, "phrases", -without) come before those that have only some of the terms.
 */
export async function searchTerms(
  tx: Tx,
  knowledgeBaseId: string,
  wanted: { query: string; terms: string[]; weights: number[]; limit: number },
): Promise<ScoredPassage[]> {
  const { rows } = await tx.execute<{ id: string; score: number }>(sql`
    select chunks.id, sum(term.weight * (1 + ts_rank(chunks.words, term.query::tsquery))) as score
    from unnest(${sql.param(wanted.terms)}::text[], ${sql.param(wanted.weights)}::float8[]) as term(query, weight)
    join chunks on chunks.words @@ term.query::tsquery
    where chunks.knowledge_base_id = ${knowledgeBaseId} and chunks.indexed_at is not null
    group by chunks.id
    order by (chunks.words @@ websearch_to_tsquery('simple', ${wanted.query})) desc, score desc, chunks.id collate "C"
    limit ${wanted.limit}`)
  return rows
}

/**
 * Nearest passages by pgvector. Exact while the knowledge base is small: an approximate index over all of them
 * filters afterwards, and then finds too few. `+ 0` keeps the planner from that index.
 */
export async function searchVectors(
  tx: Tx,
  knowledgeBaseId: string,
  wanted: { vector: number[]; limit: number; exact: boolean },
): Promise<ScoredPassage[]> {
  const dimensions = sql.raw(String(wanted.vector.length))
  const distance = sql`(chunks.vector::vector(${dimensions}) <=> ${`[${wanted.vector.join(',')}]`}::vector(${dimensions}))`
  const { rows } = await tx.execute<{ id: string; score: number }>(sql`
    select chunks.id, 1 - ${distance} as score
    from chunks
    where chunks.knowledge_base_id = ${knowledgeBaseId} and chunks.indexed_at is not null and vector_dims(chunks.vector) = ${dimensions}
    order by ${wanted.exact ? sql`${distance} + 0, chunks.id collate "C"` : distance}
    limit ${wanted.limit}`)
  return rows
}

/** One page of embeddings, by id. */
export async function listEmbeddings(
  tx: Tx,
  knowledgeBaseId: string,
  page: { behindId: string; limit: number },
): Promise<{ id: string; embedding: number[] }[]> {
  const { rows } = await tx.execute<{ id: string; embedding: number[] }>(sql`
    select id, embedding from chunks
    where knowledge_base_id = ${knowledgeBaseId} and indexed_at is not null and id > ${page.behindId}
    order by id limit ${page.limit}`)
  return rows
}

/** In any order. */
export async function loadPassages(tx: Tx, ids: string[]): Promise<FoundPassage[]> {
  if (ids.length === 0) return []
  return tx
    .select({
      id: chunks.id,
      documentId: chunks.documentId,
      documentName: documents.name,
      ordinal: chunks.ordinal,
      text: chunks.text,
      metadata: chunks.metadata,
    })
    .from(chunks)
    .innerJoin(documents, eq(documents.id, chunks.documentId))
    .where(inArray(chunks.id, ids))
}

function isFindable(knowledgeBaseId: string) {
  return and(eq(chunks.knowledgeBaseId, knowledgeBaseId), isNotNull(chunks.indexedAt))
}
