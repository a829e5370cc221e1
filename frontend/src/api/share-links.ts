import { pageOf } from '@millrace/shared/api/page'
import { CreatedShareLink, OpenedShareLink, ShareLink } from '@millrace/shared/api/share-links'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { http } from './http.ts'
import { queryKeys } from './query-keys.ts'

/** How often an open list is read again, in milliseconds. */
const lookAgainMs = 10_000

const pathOf = (executionId: string) => `/api/executions/${encodeURIComponent(executionId)}/share-links`

export function useShareLinks(executionId: string, isWanted: boolean) {
  return useQuery({
    queryKey: queryKeys.shareLinks(executionId),
    queryFn: async ({ signal }) =>
      (await http.request('GET', pathOf(executionId), { schema: pageOf(ShareLink), signal })).items,
    enabled: isWanted,
    // Others open and revoke links, and no event tells of it.
    staleTime: 0,
    refetchInterval: lookAgainMs,
  })
}

export function useCreateShareLink(executionId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (expiresInHours: number) =>
      http.request('POST', pathOf(executionId), { schema: CreatedShareLink, body: { expiresInHours } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.shareLinks(executionId) }),
  })
}

export function useRevokeShareLink(executionId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => http.request('DELETE', `/api/share-links/${encodeURIComponent(id)}`),
    onSettled: () => cache.invalidateQueries({ queryKey: queryKeys.shareLinks(executionId) }),
  })
}

/** Trades the link's secret for a short-lived token of its one run. */
export function openShareLink(token: string): Promise<OpenedShareLink> {
  return http.request('POST', '/api/share-links/open', {
    schema: OpenedShareLink,
    body: { token },
    authenticated: false,
  })
}
