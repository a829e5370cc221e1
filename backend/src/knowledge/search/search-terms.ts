import { countTerms, readIndexState, type ScoredPassage, searchTerms } from '../../repositories/chunk-search.ts'
import type { Database } from '../../repositories/database.ts'
import { searchWords, stemOf } from '../search-words.ts'

/** Terms of one query; each costs an index look-up. */
const termsMax = 32
/** Longer ones are no words; Postgres refuses those above 2046 bytes. */
const termCharactersMax = 60
/** The usual share of ts_rank in a term's score, so that a passage with all terms scores about 1. */
const usualRank = 0.06

/** Passages that have words of the query, the rarest counting most. Scores from 0 to 1: the weighed share of the query that was found. */
export async function searchByWords(
  database: Database,
  knowledgeBaseId: string,
  query: string,
  limit: number,
): Promise<ScoredPassage[]> {
  const terms = termsOf(query)
  if (terms.length === 0) return []
  const { count } = await readIndexState(database.orm, knowledgeBaseId)
  const found = await countTerms(database.orm, knowledgeBaseId, terms)
  // Inverse document frequency; a term that nowhere occurs weighs as much as one that occurs once.
  const weights = found.map((passages) => Math.log(1 + count / Math.max(1, passages)))
  const best = weights.reduce((sum, weight) => sum + weight, 0) * (1 + usualRank)
  const hits = await searchTerms(database.orm, knowledgeBaseId, { query, terms, weights, limit })
  return hits.map(({ id, score }) => ({ id, score: best === 0 ? 0 : Math.min(1, score / best) }))
}

/** As tsquery texts. Words consist of letters and digits only, so nothing needs escaping; long ones stand for all forms of their stem. */
function termsOf(query: string): string[] {
  const terms = searchWords(query).map((word) => {
    const stem = stemOf(word).slice(0, termCharactersMax)
    return stem.length >= 4 ? `'${stem}':*` : `'${word}'`
  })
  return [...new Set(terms)].slice(0, termsMax)
}
