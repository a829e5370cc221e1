import { type IndexState, listEmbeddings, readIndexState, type ScoredPassage } from '../../repositories/chunk-search.ts'
import type { Database } from '../../repositories/database.ts'

/** Vectors of one knowledge base as they were at `state`, row by row. */
interface LoadedVectors {
  state: IndexState
  ids: string[]
  values: Float32Array
}

/** All knowledge bases together; 64 MiB hold about 40,000 vectors of length 384. The least recently used leaves first. */
const keptBytesMax = 64 * 1024 * 1024
const pageSize = 1000

/** Cosine over all vectors of a knowledge base, in this process: for databases without pgvector. */
export class ExactVectorSearch {
  readonly usesPgvector = false
  readonly #database: Database
  readonly #keptBytesMax: number
  readonly #kept = new Map<string, LoadedVectors>()

  constructor(database: Database, bytesMax = keptBytesMax) {
    this.#database = database
    this.#keptBytesMax = bytesMax
  }

  async nearest(knowledgeBaseId: string, vector: number[], limit: number): Promise<ScoredPassage[]> {
    const { ids, values } = await this.#vectorsOf(knowledgeBaseId)
    // What pgvector computes with has 32 bits as well.
    const wanted = Float32Array.from(vector)
    const scored = ids.map((id, row) => ({ id, score: dot(values, row * wanted.length, wanted) }))
    return scored.toSorted((left, right) => right.score - left.score || (left.id < right.id ? -1 : 1)).slice(0, limit)
  }

  async #vectorsOf(knowledgeBaseId: string): Promise<LoadedVectors> {
    const state = await readIndexState(this.#database.orm, knowledgeBaseId)
    const kept = this.#kept.get(knowledgeBaseId)
    this.#kept.delete(knowledgeBaseId)
    const isFresh = kept !== undefined && kept.state.count === state.count && kept.state.newestAt === state.newestAt
    const loaded = isFresh ? kept : { state, ...(await this.#load(knowledgeBaseId)) }
    this.#kept.set(knowledgeBaseId, loaded)
    this.#dropOldest()
    return loaded
  }

  async #load(knowledgeBaseId: string): Promise<{ ids: string[]; values: Float32Array }> {
    const ids: string[] = []
    const pages: Float32Array[] = []
    for (;;) {
      const rows = await listEmbeddings(this.#database.orm, knowledgeBaseId, {
        behindId: ids.at(-1) ?? '',
        limit: pageSize,
      })
      pages.push(Float32Array.from(rows.flatMap(({ embedding }) => embedding)))
      for (const { id } of rows) ids.push(id)
      if (rows.length < pageSize) break
    }
    const values = new Float32Array(pages.reduce((sum, page) => sum + page.length, 0))
    let at = 0
    for (const page of pages) {
      values.set(page, at)
      at += page.length
    }
    return { ids, values }
  }

  #dropOldest(): void {
    let bytes = [...this.#kept.values()].reduce((sum, { values }) => sum + values.byteLength, 0)
    for (const [id, { values }] of this.#kept) {
      if (bytes <= this.#keptBytesMax) return
      this.#kept.delete(id)
      bytes -= values.byteLength
    }
  }
}

function dot(values: Float32Array, from: number, wanted: Float32Array): number {
  let sum = 0
  for (let at = 0; at < wanted.length; at++) sum += (values[from + at] ?? 0) * (wanted[at] ?? 0)
  return sum
}
