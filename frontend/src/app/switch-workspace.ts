import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { queryKeys } from '../api/query-keys.ts'
import { useChosenWorkspace } from '../stores/workspace-store.ts'

/**
 * Shows another workspace: what was read of the former is dropped, the socket follows, the page stays loaded.
 * `path`: what is shown of it; what is on the page belongs to the former one, and is left unless its address is told here.
 */
export function useSwitchWorkspace(): (workspaceId: string, path?: string | null) => void {
  const cache = useQueryClient()
  const navigate = useNavigate()
  const choose = useChosenWorkspace((state) => state.choose)
  return (workspaceId, path = '/workflows') => {
    if (path !== null) void navigate(path)
    choose(workspaceId)
    cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== queryKeys.me[0] })
    void cache.invalidateQueries({ queryKey: queryKeys.me })
  }
}
