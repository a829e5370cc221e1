import { AppError } from '@millrace/shared/errors/app-error'
import type { KnowledgeHit, KnowledgePort } from '@millrace/temporal/ports'
import { type FoundPassage, loadPassages, type ScoredPassage } from '../../repositories/chunk-search.ts'
import type { Database } from '../../repositories/database.ts'
import { type CountedKnowledgeBase, findKnowledgeBase } from '../../repositories/knowledge-bases.ts'
import type { Embeddings } from '../embedding/embeddings.ts'
import { mergeByReciprocalRank } from './reciprocal-rank.ts'
import { searchByWords } from './search-terms.ts'
import type { VectorSearch } from './vector-search.ts'

export interface KnowledgeSearchOptions {
  database: Database
  embeddings: Embeddings
  vectors: VectorSearch
}

type Mode = Parameters<KnowledgePort['search']>[1]['mode']

/** Candidates of each ranking: passages below that rank would hardly move into the first 50 of the merged one. */
const candidatesMax = 60
/** Cosines below are what strangers have in common. */
const cosineMin = 0.05
const embedTimeoutMs = 30_000

/** Searches one knowledge base of the caller's workspace: by meaning, by words, or both merged by rank. */
export function createKnowledgeSearch(options: KnowledgeSearchOptions): KnowledgePort {
  return {
    async search(owner, { knowledgeBaseId, query, limit, mode, minScore }) {
      const base = await findKnowledgeBase(options.database.orm, owner.workspaceId, knowledgeBaseId)
      if (base === null) throw new AppError('KNOWLEDGE_BASE_NOT_FOUND', { knowledgeBaseId })
      if (query.trim() === '') return []
      const ranked = (await rank(options, base, query, mode)).filter(({ score }) => score >= minScore).slice(0, limit)
      const passages = new Map(
        (
          await loadPassages(
            options.database.orm,
            ranked.map(({ id }) => id),
          )
        ).map((passage) => [passage.id, passage]),
      )
      return ranked.flatMap(({ id, score }) => {
        // Deleted in between.
        const passage = passages.get(id)
        return passage === undefined ? [] : [hitOf(passage, score)]
      })
    },
  }
}

async function rank(
  options: KnowledgeSearchOptions,
  base: CountedKnowledgeBase,
  query: string,
  mode: Mode,
): Promise<ScoredPassage[]> {
  if (mode === 'text') return searchByWords(options.database, base.id, query, candidatesMax)
  const byMeaning = await searchByMeaning(options, base, query)
  if (mode === 'vector') {
    if (byMeaning !== null) return byMeaning
    throw new AppError(
      'PROVIDER_REJECTED',
      { embeddingModel: base.embeddingModel },
      { message: 'The embedding of this knowledge base is not set up here any more.' },
    )
  }
  const byWords = await searchByWords(options.database, base.id, query, candidatesMax)
  return byMeaning === null ? byWords : mergeByReciprocalRank([byWords, byMeaning])
}

/** Null: the embedding of the knowledge base is not set up any more. */
async function searchByMeaning(
  { embeddings, vectors }: KnowledgeSearchOptions,
  base: CountedKnowledgeBase,
  query: string,
): Promise<ScoredPassage[] | null> {
  const embedding = embeddings.byName(base.embeddingModel)
  if (embedding === null) return null
  const [vector = []] = await embedding.embed([query], AbortSignal.timeout(embedTimeoutMs))
  const nearest = await vectors.nearest(base.id, vector, candidatesMax)
  return nearest.filter(({ score }) => score >= cosineMin).map(({ id, score }) => ({ id, score: Math.min(1, score) }))
}

function hitOf({ documentId, documentName, ordinal, text, metadata }: FoundPassage, score: number): KnowledgeHit {
  const { heading, page } = metadata
  return {
    documentId,
    documentName,
    chunkIndex: ordinal,
    text,
    score: Math.round(score * 10_000) / 10_000,
    ...(heading === undefined ? {} : { heading }),
    ...(page === undefined ? {} : { page }),
  }
}
