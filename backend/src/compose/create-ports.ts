import type { EnginePorts, HttpPort } from '@millrace/temporal/ports'
import type { Logger } from 'pino'
import type { CredentialVault } from '../auth/credential-vault.ts'
import type { Config } from '../config.ts'
import type { WorkflowEventEmitter } from '../events/workflow-event-emitter.ts'
import type { Maskers } from '../events/workspace-secrets.ts'
import type { DocumentFiles } from '../knowledge/document-files.ts'
import { createDocumentStages } from '../knowledge/document-stages.ts'
import type { Embeddings } from '../knowledge/embedding/embeddings.ts'
import { createKnowledgeSearch } from '../knowledge/search/knowledge-search.ts'
import { createVectorSearch } from '../knowledge/search/vector-search.ts'
import { createHttpClient, httpClientDefaults } from '../providers/http-client.ts'
import { createModels } from '../providers/models.ts'
import { createNodeResultRepository } from '../repositories/node-results.ts'
import { createOutputRepository } from '../repositories/outputs.ts'
import type { Closers } from './closers.ts'
import type { Storage } from './open-storage.ts'

export interface PortParts {
  storage: Storage
  emitter: WorkflowEventEmitter
  masker: Maskers
  vault: CredentialVault
  embeddings: Embeddings
  modelFetch: typeof globalThis.fetch
  files: DocumentFiles
}

/** What the engine needs from the world, as this process has it. */
export function createPorts(
  config: Pick<Config, 'nodes'>,
  { storage, emitter, masker, vault, embeddings, modelFetch, files }: PortParts,
  closers: Closers,
  logger: Logger,
): EnginePorts {
  const { database, usesPgvector } = storage
  const vectors = createVectorSearch(database, usesPgvector)
  const httpClient = createHttpClient({
    ...httpClientDefaults,
    allowPrivateAddresses: config.nodes.allowPrivateAddresses,
  })
  closers.push('HTTP client', () => httpClient.close())
  const http: HttpPort = httpClient
  return {
    events: emitter,
    outputs: createOutputRepository(database, masker),
    nodeResults: createNodeResultRepository(database),
    models: createModels({ credentials: vault, fetch: modelFetch }),
    http,
    knowledge: createKnowledgeSearch({ database, embeddings, vectors }),
    documents: createDocumentStages({ database, files, embeddings, vectors }),
    logger,
  }
}
