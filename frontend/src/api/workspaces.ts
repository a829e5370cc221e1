import { Authenticated, type NewAccount, type Role } from '@millrace/shared/api/auth'
import { pageOf } from '@millrace/shared/api/page'
import {
  AcceptedInvitation,
  CreatedInvitation,
  type CreateInvitation,
  Invitation,
  InvitationPreview,
  Member,
  Workspace,
} from '@millrace/shared/api/workspaces'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { http } from './http.ts'
import { queryKeys } from './query-keys.ts'
import { randomId } from './random-id.ts'

/** How often the lists are read again while they are in sight, in milliseconds: no event tells who joined. */
const lookAgainMs = 10_000

const pathOf = (workspaceId: string) => `/api/workspaces/${encodeURIComponent(workspaceId)}`

export function useCreateWorkspace() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (name: string) =>
      http.request('POST', '/api/workspaces', { schema: Workspace, body: { name }, idempotencyKey: randomId() }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.me }),
  })
}

export function useRenameWorkspace(workspaceId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => http.request('PATCH', pathOf(workspaceId), { schema: Workspace, body: { name } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.me }),
  })
}

export function useMembers(workspaceId: string) {
  return useQuery({
    queryKey: queryKeys.members(workspaceId),
    queryFn: async ({ signal }) =>
      (await http.request('GET', `${pathOf(workspaceId)}/members`, { schema: pageOf(Member), signal })).items,
    refetchInterval: lookAgainMs,
  })
}

export function useChangeMember(workspaceId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: Role }) =>
      http.request('PATCH', `${pathOf(workspaceId)}/members/${encodeURIComponent(userId)}`, {
        schema: Member,
        body: { role },
      }),
    // Also after a refusal: what is shown was not what is.
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: queryKeys.members(workspaceId) }),
        cache.invalidateQueries({ queryKey: queryKeys.me }),
      ]),
  })
}

/** Shows somebody out, or leaves. */
export function useRemoveMember(workspaceId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (userId: string) =>
      http.request('DELETE', `${pathOf(workspaceId)}/members/${encodeURIComponent(userId)}`),
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: queryKeys.members(workspaceId) }),
        cache.invalidateQueries({ queryKey: queryKeys.me }),
      ]),
  })
}

export function useInvitations(workspaceId: string, isAllowed: boolean) {
  return useQuery({
    queryKey: queryKeys.invitations(workspaceId),
    queryFn: async ({ signal }) =>
      (await http.request('GET', `${pathOf(workspaceId)}/invitations`, { schema: pageOf(Invitation), signal })).items,
    enabled: isAllowed,
    refetchInterval: lookAgainMs,
  })
}

export function useCreateInvitation(workspaceId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: CreateInvitation) =>
      http.request('POST', `${pathOf(workspaceId)}/invitations`, { schema: CreatedInvitation, body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.invitations(workspaceId) }),
  })
}

export function useRevokeInvitation(workspaceId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => http.request('DELETE', `${pathOf(workspaceId)}/invitations/${encodeURIComponent(id)}`),
    onSettled: () => cache.invalidateQueries({ queryKey: queryKeys.invitations(workspaceId) }),
  })
}

/** Who invites whom to what, for whoever holds the link. */
export function useInvitationPreview(token: string | null) {
  return useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) =>
      http.request('POST', '/api/invitations/look-up', {
        schema: InvitationPreview,
        body: { token },
        authenticated: false,
        signal,
      }),
    enabled: token !== null,
    staleTime: Infinity,
    gcTime: 0,
  })
}

/** Joins as whoever is signed in. */
export function acceptInvitation(token: string): Promise<AcceptedInvitation> {
  return http.request('POST', '/api/invitations/accept', { schema: AcceptedInvitation, body: { token } })
}

/** Makes an account that is a member from the start, and signs it in. */
export function acceptWithAccount(token: string, account: NewAccount): Promise<Authenticated> {
  return http.request('POST', '/api/invitations/accept', {
    schema: Authenticated,
    body: { token, account },
    authenticated: false,
  })
}
