import type { ExecutionSummary } from '@millrace/shared/api/executions'
import type { Page } from '@millrace/shared/api/page'
import { applyToRow } from '@millrace/shared/client/execution-row'
import type { ChannelEvent } from '@millrace/shared/protocol/channels'
import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { queryKeys } from '../api/query-keys.ts'
import { useChannel } from './live-context.ts'
import { throttle } from './throttle.ts'

/** Lists are read anew at most this often while events pour in, in milliseconds. */
const refreshEveryMs = 1000

function moveRows(cache: QueryClient, event: ChannelEvent): void {
  cache.setQueriesData<InfiniteData<Page<ExecutionSummary>>>(
    { queryKey: [...queryKeys.executions, 'list'] },
    (data) => {
      if (data === undefined) return data
      let isChanged = false
      const pages = data.pages.map((page) => {
        const items = page.items.map((row) => {
          const moved = applyToRow(row, event)
          isChanged ||= moved !== row
          return moved
        })
        return { ...page, items }
      })
      return isChanged ? { ...data, pages } : data
    },
  )
}

/** Keeps the lists of runs, workflows, questions and documents true while events arrive. Draws nothing. */
export function ListRefresh(): null {
  const cache = useQueryClient()
  const refresh = useMemo(() => {
    const keysOf = {
      executions: [[...queryKeys.executions, 'list']],
      workflows: [queryKeys.workflows],
      prompts: [queryKeys.prompts],
      knowledge: [queryKeys.knowledgeBases],
    }
    const throttled = (keys: readonly (readonly string[])[], exact: boolean) =>
      throttle(() => {
        for (const queryKey of keys) void cache.invalidateQueries({ queryKey, exact })
      }, refreshEveryMs)
    return {
      executions: throttled(keysOf.executions, false),
      // Exact: a workflow that is being edited must not be read anew because a run of it began.
      workflows: throttled(keysOf.workflows, true),
      prompts: throttled(keysOf.prompts, false),
      knowledge: throttled(keysOf.knowledge, false),
    }
  }, [cache])

  useEffect(() => {
    return () => {
      for (const one of Object.values(refresh)) one.cancel()
    }
  }, [refresh])

  useChannel('executions', {
    onEvent: (event) => {
      moveRows(cache, event)
      if (event.type === 'execution:progress') return
      if (event.type.startsWith('user:input:')) refresh.prompts.call()
      else refresh.workflows.call()
      refresh.executions.call()
    },
    onLive: () => {
      refresh.executions.call()
      refresh.workflows.call()
      refresh.prompts.call()
    },
  })
  useChannel('kb', {
    onEvent: (event) => {
      if (event.type !== 'kb:document:processing') refresh.knowledge.call()
    },
    onLive: () => refresh.knowledge.call(),
  })
  return null
}
