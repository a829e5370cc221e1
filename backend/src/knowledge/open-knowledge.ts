import type { DocumentPort, KnowledgePort, LoggerPort } from '@millrace/temporal/ports'
import type { Database } from '../repositories/database.ts'
import { listStoredFiles } from '../repositories/documents.ts'
import { DocumentFiles } from './document-files.ts'
import { createDocumentStages } from './document-stages.ts'
import { createEmbeddings, type Embeddings } from './embedding/embeddings.ts'
import type { OpenaiEmbeddingSettings } from './embedding/openai-embedding.ts'
import { createKnowledgeSearch } from './search/knowledge-search.ts'
import { prepareVectorIndex } from './search/prepare-vector-index.ts'
import { createVectorSearch } from './search/vector-search.ts'

export interface OpenKnowledgeOptions {
  database: Database
  /** Uploaded files lie below it; processes that share the database share it too. */
  dataDir: string
  /** Null: the built-in embedding, which needs no key. */
  embeddings: OpenaiEmbeddingSettings | null
  logger: Pick<LoggerPort, 'info' | 'warn'>
}

/** What both API and worker need of knowledge bases. Holds nothing that has to be closed. */
export interface Knowledge {
  files: DocumentFiles
  embeddings: Embeddings
  search: KnowledgePort
  documents: DocumentPort
}

/** Prepares the database beyond its migrations and builds search and stages. Called after the migrations. */
export async function openKnowledge({
  database,
  dataDir,
  embeddings: settings,
  logger,
}: OpenKnowledgeOptions): Promise<Knowledge> {
  const embeddings = createEmbeddings(settings)
  const usesPgvector = await prepareVectorIndex(database, embeddings.current.dimensions, (error) =>
    logger.warn({ err: error }, 'pgvector cannot be used: vectors are compared in this process'),
  )
  const vectors = createVectorSearch(database, usesPgvector)
  const files = new DocumentFiles(dataDir)
  const removed = await files.removeOrphans(new Set(await listStoredFiles(database.orm)))
  if (removed > 0) logger.info({ removed }, 'removed files that no document needs')
  return {
    files,
    embeddings,
    search: createKnowledgeSearch({ database, embeddings, vectors }),
    documents: createDocumentStages({ database, files, embeddings, vectors }),
  }
}
