import type { EventOwner, EventPort, KnowledgePort, LoggerPort } from '@millrace/temporal/ports'
import type { DocumentAddress } from '@millrace/temporal/workflow-contract'
import type { Database } from '../repositories/database.ts'
import type { DocumentFiles } from './document-files.ts'
import type { Embeddings } from './embedding/embeddings.ts'

/** What the API side of knowledge bases is built from. */
export interface KnowledgeServices {
  database: Database
  files: DocumentFiles
  embeddings: Embeddings
  search: KnowledgePort
  events: Pick<EventPort, 'append'>
  /** Starts the processing of a document; one under way is left alone. Throws AppError TEMPORAL_UNAVAILABLE. */
  startIngestion(document: DocumentAddress, owner: EventOwner): Promise<void>
  /** Stops it; a document that is not being processed is a success. Throws AppError TEMPORAL_UNAVAILABLE. */
  cancelIngestion(documentId: string): Promise<void>
  logger: Pick<LoggerPort, 'warn'>
}
