import { useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { isApiError } from '../api/api-error.ts'
import { http } from '../api/http.ts'
import { queryKeys } from '../api/query-keys.ts'
import { useWorkspace } from '../api/rights.ts'
import { useMe } from '../api/settings.ts'
import { toast } from '../ui/toast.tsx'
import { useSwitchWorkspace } from './switch-workspace.ts'

/** Other workspaces that are asked, one after the other, before a link counts as leading nowhere. */
const askedMax = 20

/**
 * For a page of one thing, whose link may be of another workspace of its person: where the chosen one does not have it,
 * the others are asked, and the one that has it is shown, with a word about it. Returns the query, whose error is
 * withheld while that goes on.
 * @param path of the API, that answers where the thing is
 */
export function useElsewhere<Query extends { data: unknown; error: unknown }>(query: Query, path: string): Query {
  const current = useWorkspace()
  const others = (useMe().data?.workspaces ?? []).filter(({ id }) => id !== current.id).slice(0, askedMax)
  const switchTo = useSwitchWorkspace()
  const isMissing = query.data === undefined && isApiError(query.error) && query.error.status === 404
  const mayBeElsewhere = isMissing && others.length > 0
  const search = useQuery({
    queryKey: queryKeys.elsewhere(current.id, path),
    queryFn: async ({ signal }) => {
      for (const { id, name } of others) if (await isIn(id, path, signal)) return { id, name }
      return null
    },
    enabled: mayBeElsewhere,
    retry: false,
    gcTime: 0,
  })
  const found = search.data ?? null
  const go = useEffectEvent(({ id, name }: { id: string; name: string }) => {
    switchTo(id, null)
    toast.info(
      <>
        This is the workspace <em>{name}</em>
      </>,
      { description: 'The link leads here.', id: 'elsewhere' },
    )
  })
  useEffect(() => {
    if (found !== null) go(found)
  }, [found])
  const isLooking = mayBeElsewhere && (search.isPending || found !== null)
  return isLooking ? { ...query, error: null } : query
}

/** Throws what says nothing about where the thing is. */
async function isIn(workspaceId: string, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await http.request('GET', path, { workspaceId, signal })
    return true
  } catch (error) {
    if (isApiError(error) && (error.status === 404 || error.status === 403)) return false
    throw error
  }
}
