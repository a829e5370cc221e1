import type { KnowledgeDocument } from '@millrace/shared/api/knowledge'
import { applyToDocument } from '@millrace/shared/client/document-row'
import { useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../../api/query-keys.ts'
import { useWebSocketSubscription } from '../../live/subscription-hooks.ts'

/** Moves the documents of one knowledge base in the cache as their events arrive. */
export function useLiveDocuments(knowledgeBaseId: string): void {
  const cache = useQueryClient()
  const key = queryKeys.documents(knowledgeBaseId)
  useWebSocketSubscription(`kb:${knowledgeBaseId}`, {
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
