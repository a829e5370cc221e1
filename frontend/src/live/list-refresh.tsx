import type { ExecutionSummary } from '@millrace/shared/api/executions'
import type { Page } from '@millrace/shared/api/page'
import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { queryKeys } from '../api/query-keys.ts'
import { readAnew } from '../api/read-anew.ts'
import { useChosenWorkspace } from '../stores/workspace-store.ts'
import { useConnectionState } from './live-context.ts'
import { mergeRows, type RunListFilter } from './merge-rows.ts'
import { useWebSocketSubscription } from './subscription-hooks.ts'
import { throttle } from './throttle.ts'

/** Lists that are read anew, are read at most this often while events pour in, in milliseconds. */
const refreshEveryMs = 1000

const runLists = [...queryKeys.executions, 'list'] as const

/** Brings the live runs into every list of runs that was read. */
function showRuns(cache: QueryClient, runs: readonly ExecutionSummary[]): void {
  for (const { queryKey } of cache.getQueryCache().findAll({ queryKey: runLists })) {
    cache.setQueryData<InfiniteData<Page<ExecutionSummary>>>(queryKey, (data) => {
      if (data === undefined) return data
      const pages = mergeRows(data.pages, runs, (queryKey[runLists.length] ?? {}) as RunListFilter)
      return pages === data.pages ? data : { ...data, pages: [...pages] }
    })
  }
}

/**
 * Keeps the lists of runs as they are now: from the live list, without reading them again. Not while there is no
 * connection or it is behind: what is read over HTTP is newer then.
 */
function useLiveRunLists(items: readonly ExecutionSummary[] | null): void {
  const cache = useQueryClient()
  const isLive = useConnectionState().status === 'live'
  useEffect(() => {
    if (items === null || !isLive) return
    showRuns(cache, items)
    // What was asked for before the latest event may be answered after it.
    return cache.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'success' || event.action.manual === true) return
      if (runLists.every((part, index) => event.query.queryKey[index] === part)) showRuns(cache, items)
    })
  }, [cache, items, isLive])
}

/** Keeps the lists of runs, workflows, questions, documents and types of steps true while events arrive. Draws nothing. */
export function ListRefresh(): null {
  const cache = useQueryClient()
  const refresh = useMemo(() => {
    const throttled = (queryKey: readonly string[], exact: boolean) =>
      throttle(() => readAnew(cache, { queryKey, exact }), refreshEveryMs)
    return {
      // Exact: a workflow that is being edited must not be read anew because a run of it began.
      workflows: throttled(queryKeys.workflows, true),
      runs: throttled(runLists, false),
      prompts: throttled(queryKeys.prompts, false),
      knowledge: throttled(queryKeys.knowledgeBases, false),
      nodeTypes: throttled(queryKeys.nodeTypes, false),
      credentials: throttled(queryKeys.credentials, false),
    }
  }, [cache])

  useEffect(() => {
    return () => {
      for (const one of Object.values(refresh)) one.cancel()
    }
  }, [refresh])

  const workspaceId = useChosenWorkspace(({ id }) => id)
  const [runs, setRuns] = useState<readonly ExecutionSummary[] | null>(null)
  useLiveRunLists(runs)
  // One subscription for all of the workspace; its list is that of its runs.
  useWebSocketSubscription(workspaceId === null ? null : `workspaces:${workspaceId}`, {
    onItems: (items) => setRuns(items.filter((item) => 'totalNodes' in item)),
    onEvent: ({ type }) => {
      if (type === 'registry:updated') {
        refresh.nodeTypes.call()
        refresh.credentials.call()
      } else if (type.startsWith('user:input:')) refresh.prompts.call()
      else if (type.startsWith('execution:') && type !== 'execution:progress') refresh.workflows.call()
      else if (type.startsWith('kb:') && type !== 'kb:document:processing') refresh.knowledge.call()
    },
    // A list anew says nothing of older runs that ended meanwhile.
    onSnapshot: () => refresh.runs.call(),
    onLive: () => {
      refresh.workflows.call()
      refresh.prompts.call()
      refresh.knowledge.call()
      refresh.nodeTypes.call()
    },
  })
  return null
}
