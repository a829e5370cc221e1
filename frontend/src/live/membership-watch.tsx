import { useQueryClient } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.ts'
import { useWebSocketEvent } from './subscription-hooks.ts'

/** Lets the pages follow when somebody changes what this person may do. Draws nothing. */
export function MembershipWatch(): null {
  const cache = useQueryClient()
  const refetch = () =>
    void Promise.all([
      cache.invalidateQueries({ queryKey: queryKeys.me }),
      cache.invalidateQueries({ queryKey: queryKeys.anyWorkspace }),
    ])
  useWebSocketEvent('memberships', refetch)
  // What changed while there was no connection was told to nobody.
  useWebSocketEvent('connected', refetch)
  return null
}
