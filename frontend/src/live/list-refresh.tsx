import type { ExecutionSummary } from '@millrace/shared/api/executions'
import type { Page } from '@millrace/shared/api/page'
import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { queryKeys } from '../api/query-keys.ts'
import { mergeRows, type RunListFilter } from './merge-rows.ts'
import { useAllExecutions, useWebSocketSubscription } from './subscription-hooks.ts'
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

/** Keeps the lists of runs as they are now: from the live list, without reading them again. */
function useLiveRunLists(): void {
  const cache = useQueryClient()
  const { items } = useAllExecutions()
  useEffect(() => {
    if (items === null) return
    showRuns(cache, items)
    // What was asked for before the latest event may be answered after it.
    return cache.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'success' || event.action.manual === true) return
      if (runLists.every((part, index) => event.query.queryKey[index] === part)) showRuns(cache, items)
    })
  }, [cache, items])
}

/** Keeps the lists of runs, workflows, questions and documents true while events arrive. Draws nothing. */
export function ListRefresh(): null {
  const cache = useQueryClient()
  const refresh = useMemo(() => {
    const throttled = (queryKey: readonly string[], exact: boolean) =>
      throttle(() => void cache.invalidateQueries({ queryKey, exact }), refreshEveryMs)
    return {
      // Exact: a workflow that is being edited must not be read anew because a run of it began.
      workflows: throttled(queryKeys.workflows, true),
      runs: throttled(runLists, false),
      prompts: throttled(queryKeys.prompts, false),
      knowledge: throttled(queryKeys.knowledgeBases, false),
    }
  }, [cache])

  useEffect(() => {
    return () => {
      for (const one of Object.values(refresh)) one.cancel()
    }
  }, [refresh])

  useLiveRunLists()
  useWebSocketSubscription('executions', {
    onEvent: ({ type }) => {
      if (type === 'execution:progress') return
      if (type.startsWith('user:input:')) refresh.prompts.call()
      else refresh.workflows.call()
    },
    // A list anew says nothing of older runs that ended meanwhile.
    onSnapshot: () => refresh.runs.call(),
    onLive: () => {
      refresh.workflows.call()
      refresh.prompts.call()
    },
  })
  useWebSocketSubscription('kb', {
    onEvent: ({ type }) => {
      if (type !== 'kb:document:processing') refresh.knowledge.call()
    },
    onLive: () => refresh.knowledge.call(),
  })
  return null
}
