import type { KnowledgeDocument } from '../api/knowledge.ts'
import type { ChannelEvent } from '../protocol/channels.ts'

/** A document's row after an event; the same object when it is about another one. */
export function applyToDocument(document: KnowledgeDocument, event: ChannelEvent): KnowledgeDocument {
  if (!('documentId' in event) || event.documentId !== document.documentId) return document
  switch (event.type) {
    case 'kb:document:processing': {
      const { stage, completed, total, percentage } = event
      return {
        ...document,
        status: stage === 'queued' ? 'queued' : 'processing',
        stage,
        completed,
        total,
        percentage,
        error: undefined,
      }
    }
    case 'kb:document:completed':
      return {
        ...document,
        status: 'completed',
        percentage: 100,
        chunkCount: event.chunkCount,
        finishedAt: event.timestamp,
        error: undefined,
      }
    case 'kb:document:failed':
      return { ...document, status: 'failed', stage: event.stage, error: event.error, finishedAt: event.timestamp }
    default:
      return document
  }
}
