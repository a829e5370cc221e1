import {
  type CreateKnowledgeBase,
  KnowledgeBase,
  KnowledgeDocument,
  SearchHits,
  type SearchKnowledge,
  UploadedDocuments,
} from '@millrace/shared/api/knowledge'
import { pageOf } from '@millrace/shared/api/page'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { http } from './http.ts'
import { queryKeys } from './query-keys.ts'
import { randomId } from './random-id.ts'

const base = (id: string) => `/api/knowledge-bases/${encodeURIComponent(id)}`

export function useKnowledgeBases() {
  return useQuery({
    queryKey: queryKeys.knowledgeBases,
    queryFn: async ({ signal }) =>
      (
        await http.request('GET', '/api/knowledge-bases', {
          schema: pageOf(KnowledgeBase),
          query: { limit: 200 },
          signal,
        })
      ).items,
  })
}

export function useKnowledgeBase(id: string) {
  return useQuery({
    queryKey: queryKeys.knowledgeBase(id),
    queryFn: ({ signal }) => http.request('GET', base(id), { schema: KnowledgeBase, signal }),
  })
}

export function useCreateKnowledgeBase() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: CreateKnowledgeBase) =>
      http.request('POST', '/api/knowledge-bases', { schema: KnowledgeBase, body, idempotencyKey: randomId() }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.knowledgeBases }),
  })
}

export function useDeleteKnowledgeBase() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => http.request('DELETE', base(id)),
    onSuccess: (_, id) => {
      cache.removeQueries({ queryKey: queryKeys.knowledgeBase(id) })
      return cache.invalidateQueries({ queryKey: queryKeys.knowledgeBases, exact: true })
    },
  })
}

/** Documents of a knowledge base, newest first; the newest 200. */
export function useDocuments(knowledgeBaseId: string) {
  return useQuery({
    queryKey: queryKeys.documents(knowledgeBaseId),
    queryFn: async ({ signal }) =>
      (
        await http.request('GET', `${base(knowledgeBaseId)}/documents`, {
          schema: pageOf(KnowledgeDocument),
          query: { limit: 200 },
          signal,
        })
      ).items,
  })
}

/** Sends files; each is accepted or refused by itself. */
export function uploadDocuments(knowledgeBaseId: string, files: readonly File[]): Promise<UploadedDocuments> {
  const body = new FormData()
  for (const file of files) body.append('files', file, file.name)
  return http.request('POST', `${base(knowledgeBaseId)}/documents`, {
    schema: UploadedDocuments,
    body,
    idempotencyKey: randomId(),
  })
}

/** Processes a document once more, as after a failure. */
export function retryDocument(knowledgeBaseId: string, documentId: string): Promise<unknown> {
  return http.request('POST', `${base(knowledgeBaseId)}/documents/${encodeURIComponent(documentId)}/retry`, {
    body: {},
    idempotencyKey: randomId(),
  }) as Promise<unknown>
}

export function deleteDocument(knowledgeBaseId: string, documentId: string): Promise<unknown> {
  return http.request(
    'DELETE',
    `${base(knowledgeBaseId)}/documents/${encodeURIComponent(documentId)}`,
  ) as Promise<unknown>
}

export function searchKnowledge(knowledgeBaseId: string, body: SearchKnowledge) {
  return http.request('POST', `${base(knowledgeBaseId)}/search`, { schema: SearchHits, body })
}
