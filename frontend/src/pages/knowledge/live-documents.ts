import type { KnowledgeDocument } from '@millrace/shared/api/knowledge'
import type { WorkflowEvent } from '@millrace/shared/events'
import { useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../../api/query-keys.ts'
import { useChannel } from '../../live/live-context.ts'

/** A document's row after an event; the same object when it is about another one. */
export function applyToDocument(document: KnowledgeDocument, event: WorkflowEvent): KnowledgeDocument {
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

/** Moves the documents of one knowledge base in the cache as their events arrive. */
export function useLiveDocuments(knowledgeBaseId: string): void {
  const cache = useQueryClient()
  const key = queryKeys.documents(knowledgeBaseId)
  useChannel(`kb:${knowledgeBaseId}`, {
    onEvent: (event) => {
      if (event.type === 'kb:document:deleted') {
        cache.setQueryData<KnowledgeDocument[]>(key, (items) =>
          items?.filter((item) => item.documentId !== event.documentId),
        )
        return
      }
      const isKnown = cache
        .getQueryData<KnowledgeDocument[]>(key)
        ?.some((item) => 'documentId' in event && item.documentId === event.documentId)
      if (isKnown === false) void cache.invalidateQueries({ queryKey: key })
      else cache.setQueryData<KnowledgeDocument[]>(key, (items) => items?.map((item) => applyToDocument(item, event)))
    },
    onLive: () => void cache.invalidateQueries({ queryKey: key }),
  })
}
