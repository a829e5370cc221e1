import { AppError } from '@millrace/shared/errors/app-error'
import type { DocumentPort, EventOwner, StageControl } from '@millrace/temporal/ports'
import type { DocumentAddress } from '@millrace/temporal/workflow-contract'
import { DocumentFiles } from '../../src/knowledge/document-files.ts'
import { createDocumentStages } from '../../src/knowledge/document-stages.ts'
import { createEmbeddings } from '../../src/knowledge/embedding/embeddings.ts'
import type { KnowledgeServices } from '../../src/knowledge/knowledge-services.ts'
import { createKnowledgeSearch } from '../../src/knowledge/search/knowledge-search.ts'
import { prepareVectorIndex } from '../../src/knowledge/search/prepare-vector-index.ts'
import { createVectorSearch } from '../../src/knowledge/search/vector-search.ts'
import { insertWorkspace } from '../../src/repositories/workspaces.ts'
import type { TestDatabase } from './test-database.ts'

export const quiet = (): StageControl => ({ signal: new AbortController().signal, onProgress: async () => {} })

export interface KnowledgeWorld extends KnowledgeServices {
  stages: DocumentPort
  usesPgvector: boolean
  /** Documents whose processing was asked for, and which was cancelled. */
  started: DocumentAddress[]
  cancelled: string[]
  emitted: { owner: EventOwner; type: string; documentId: string }[]
  warnings: string[]
  /** Set: starting and cancelling fail. */
  isEngineAway: boolean
}

/** The knowledge parts over a real database; the engine only takes notes. */
export async function openKnowledgeWorld(
  { database, dataDir }: TestDatabase,
  { pgvector = true } = {},
): Promise<KnowledgeWorld> {
  const embeddings = createEmbeddings(null)
  const usesPgvector = await prepareVectorIndex(database, embeddings.current.dimensions)
  const vectors = createVectorSearch(database, pgvector && usesPgvector)
  const files = new DocumentFiles(dataDir)
  const search = createKnowledgeSearch({ database, embeddings, vectors })
  const world: KnowledgeWorld = {
    database,
    files,
    embeddings,
    search,
    usesPgvector,
    stages: createDocumentStages({ database, files, embeddings, vectors: { usesPgvector } }),
    started: [],
    cancelled: [],
    emitted: [],
    warnings: [],
    isEngineAway: false,
    events: {
      async append(owner, drafts) {
        for (const draft of drafts)
          world.emitted.push({ owner, type: draft.type, documentId: 'documentId' in draft ? draft.documentId : '' })
        return drafts.map((_, seq) => ({ status: 'appended', seq }))
      },
    },
    async startIngestion(document) {
      if (world.isEngineAway) throw new AppError('TEMPORAL_UNAVAILABLE')
      world.started.push(document)
    },
    async cancelIngestion(documentId) {
      if (world.isEngineAway) throw new AppError('TEMPORAL_UNAVAILABLE')
      world.cancelled.push(documentId)
    },
    logger: { warn: (_, message) => void world.warnings.push(message) },
  }
  return world
}

export async function newWorkspace({ database }: KnowledgeWorld, id: string): Promise<EventOwner> {
  await insertWorkspace(database.orm, { id, name: id, createdAt: 1 })
  return { workspaceId: id, userId: `user-of-${id}` }
}

/** Takes documents through all stages, as the workflow does. */
export async function processDocuments({ stages, started }: KnowledgeWorld): Promise<void> {
  for (const { documentId } of started.splice(0)) {
    await stages.extract(documentId, quiet())
    await stages.split(documentId, quiet())
    await stages.embed(documentId, quiet())
    await stages.index(documentId, quiet())
  }
}
