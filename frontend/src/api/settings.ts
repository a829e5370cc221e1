import { ApiKey, type CreateApiKey, CreatedApiKey, Me } from '@millrace/shared/api/auth'
import { type CreateCredential, Credential } from '@millrace/shared/api/credentials'
import { Health } from '@millrace/shared/api/health'
import { pageOf } from '@millrace/shared/api/page'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { basePath } from './base-path.ts'
import { http } from './http.ts'
import { queryKeys } from './query-keys.ts'
import { randomId } from './random-id.ts'

export function useMe() {
  return useQuery({
    queryKey: queryKeys.me,
    queryFn: ({ signal }) => http.request('GET', '/api/me', { schema: Me, signal }),
    staleTime: 5 * 60_000,
  })
}

export function useApiKeys() {
  return useQuery({
    queryKey: queryKeys.apiKeys,
    queryFn: async ({ signal }) =>
      (await http.request('GET', '/api/api-keys', { schema: pageOf(ApiKey), signal })).items,
  })
}

export function useCreateApiKey() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: CreateApiKey) => http.request('POST', '/api/api-keys', { schema: CreatedApiKey, body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.apiKeys }),
  })
}

export function useDeleteApiKey() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => http.request('DELETE', `/api/api-keys/${encodeURIComponent(id)}`),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.apiKeys }),
  })
}

export function useCredentials() {
  return useQuery({
    queryKey: queryKeys.credentials,
    queryFn: async ({ signal }) =>
      (await http.request('GET', '/api/credentials', { schema: pageOf(Credential), signal })).items,
  })
}

export function useCreateCredential() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: CreateCredential) =>
      http.request('POST', '/api/credentials', { schema: Credential, body, idempotencyKey: randomId() }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.credentials }),
  })
}

export function useDeleteCredential() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => http.request('DELETE', `/api/credentials/${encodeURIComponent(id)}`),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.credentials }),
  })
}

/** The server's own account of itself; a 503 with a body is an answer, too. */
export function useHealth() {
  return useQuery({
    queryKey: queryKeys.health,
    queryFn: async ({ signal }) => {
      const response = await fetch(`${basePath}/api/health`, { signal })
      return Health.parse(await response.json())
    },
    refetchInterval: 15_000,
  })
}
