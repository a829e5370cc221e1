import type { Embedding } from './embedding.ts'
import { createLocalHashEmbedding } from './local-hash-embedding.ts'
import { createOpenaiEmbedding, type OpenaiEmbeddingSettings } from './openai-embedding.ts'

export interface Embeddings {
  /** Of new knowledge bases. */
  readonly current: Embedding
  /** Null: no longer set up here; its knowledge bases can be searched by words only. */
  byName(name: string): Embedding | null
}

/** The built-in embedding, and the one of the settings where there is one. */
export function createEmbeddings(
  settings: OpenaiEmbeddingSettings | null,
  /** The way to that server. */
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Embeddings {
  const local = createLocalHashEmbedding()
  const current = settings === null ? local : createOpenaiEmbedding(settings, fetch)
  return { current, byName: (name) => [current, local].find((embedding) => embedding.name === name) ?? null }
}
