import { type ChangeHook, CreatedHook, type CreateHook, Hook, HookDelivery } from '@millrace/shared/api/hooks'
import { pageOf } from '@millrace/shared/api/page'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { http } from './http.ts'
import { queryKeys } from './query-keys.ts'

/** Deliveries shown: the rest can be had by the API. */
const shownMax = 20
/** How often results are looked at while they are shown, milliseconds. */
const deliveriesIntervalMs = 3000

/** Only for who may edit: to others the server does not show them. */
export function useHooks(mayEdit: boolean) {
  return useQuery({
    queryKey: queryKeys.hooks,
    queryFn: async ({ signal }) => (await http.request('GET', '/api/hooks', { schema: pageOf(Hook), signal })).items,
    enabled: mayEdit,
  })
}

export function useCreateHook() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: CreateHook) => http.request('POST', '/api/hooks', { schema: CreatedHook, body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.hooks }),
  })
}

export function useChangeHook(id: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: ChangeHook) => http.request('PATCH', addressOf(id), { schema: Hook, body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.hooks }),
  })
}

/** Gives it another secret, which signs from the next attempt on. The answer alone ever holds it. */
export function useRotateHookSecret() {
  return useMutation({
    mutationFn: (id: string) => http.request('POST', `${addressOf(id)}/secret`, { schema: CreatedHook }),
  })
}

export function useDeleteHook() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => http.request('DELETE', addressOf(id)),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.hooks }),
  })
}

export function useHookDeliveries(id: string) {
  return useQuery({
    queryKey: queryKeys.hookDeliveries(id),
    queryFn: async ({ signal }) => {
      const page = { schema: pageOf(HookDelivery), query: { limit: shownMax }, signal }
      return (await http.request('GET', `${addressOf(id)}/deliveries`, page)).items
    },
    refetchInterval: deliveriesIntervalMs,
  })
}

export function useRedeliver(id: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (seq: number) =>
      http.request('POST', `${addressOf(id)}/deliveries/${seq}/redeliver`, { schema: HookDelivery }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.hookDeliveries(id) }),
  })
}

function addressOf(id: string): string {
  return `/api/hooks/${encodeURIComponent(id)}`
}
