import type { KnowledgeBase, KnowledgeDocument } from '@millrace/shared/api/knowledge'
import { EventError } from '@millrace/shared/events/envelope'
import { DocumentStage } from '@millrace/shared/events/kb'
import type { DocumentRow } from '../repositories/documents.ts'
import type { CountedKnowledgeBase } from '../repositories/knowledge-bases.ts'

export function toKnowledgeBase(row: CountedKnowledgeBase): KnowledgeBase {
  const { id, name, description, embeddingModel, documentCount, chunkCount, createdAt } = row
  return { id, name, description, embeddingModel, documentCount, chunkCount, createdAt }
}

export function toKnowledgeDocument(row: DocumentRow): KnowledgeDocument {
  const error = EventError.safeParse(row.error)
  return {
    documentId: row.id,
    knowledgeBaseId: row.knowledgeBaseId,
    name: row.name,
    mediaType: row.mediaType,
    bytes: row.bytes,
    status: row.status,
    stage: DocumentStage.parse(row.stage),
    completed: row.completed,
    total: row.total,
    percentage: row.percentage,
    ...(row.chunkCount === null ? {} : { chunkCount: row.chunkCount }),
    ...(error.success ? { error: error.data } : {}),
    createdAt: row.createdAt,
    ...(row.finishedAt === null ? {} : { finishedAt: row.finishedAt }),
  }
}
