import type { ExecutionSummary } from '@millrace/shared/api/executions'
import type { ChannelHandlers } from '@millrace/shared/client/channel-handlers'
import type { FrameOf, FrameType } from '@millrace/shared/client/event-listeners'
import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import type { ErrorBody } from '@millrace/shared/errors/app-error'
import type { ChannelFilters } from '@millrace/shared/protocol/channel-filters'
import type { ChannelItem } from '@millrace/shared/protocol/channel-items'
import { useEffect, useEffectEvent, useMemo, useState } from 'react'
import { useChosenWorkspace } from '../stores/workspace-store.ts'
import { useExecutionEvents, useWebSocket } from './live-context.ts'

export interface SubscriptionOptions extends ChannelHandlers {
  /** Compared by what they say, so an object made in place does not follow anew. */
  filters?: ChannelFilters | undefined
}

/**
 * Follows a channel of the chosen workspace while mounted; null follows nothing. Handlers may change without
 * following anew. What a channel is, says `@millrace/shared/protocol/channels`.
 */
export function useWebSocketSubscription(channel: string | null, options: SubscriptionOptions): void {
  const client = useWebSocket()
  const workspaceId = useChosenWorkspace(({ id }) => id)
  const filters = useSameFilters(options.filters)
  const holdsList = options.onItems !== undefined
  const wantsSnapshot = options.onSnapshot !== undefined
  const onEvent = useEffectEvent<NonNullable<ChannelHandlers['onEvent']>>((event) => options.onEvent?.(event))
  const onSnapshot = useEffectEvent<NonNullable<ChannelHandlers['onSnapshot']>>((items) => options.onSnapshot?.(items))
  const onItems = useEffectEvent<NonNullable<ChannelHandlers['onItems']>>((items) => options.onItems?.(items))
  const onLive = useEffectEvent(() => options.onLive?.())
  const onError = useEffectEvent<NonNullable<ChannelHandlers['onError']>>((error) => options.onError?.(error))
  useEffect(() => {
    if (client === null || channel === null) return
    const handlers: ChannelHandlers = {
      onEvent: (event) => onEvent(event),
      onLive: () => onLive(),
      onError: (error) => onError(error),
      // Whoever wants no list costs none.
      ...(wantsSnapshot ? { onSnapshot: (items: readonly ChannelItem[]) => onSnapshot(items) } : {}),
      ...(holdsList ? { onItems: (items: readonly ChannelItem[]) => onItems(items) } : {}),
    }
    return client.followChannel(channel, handlers, { filters, workspaceId: workspaceId ?? undefined })
  }, [client, channel, workspaceId, filters, holdsList, wantsSnapshot])
}

/** Hears frames of one type while mounted: events of whatever is followed, and the protocol's own messages. */
export function useWebSocketEvent<Type extends FrameType>(type: Type, handler: (frame: FrameOf<Type>) => void): void {
  const client = useWebSocket()
  const handle = useEffectEvent(handler)
  useEffect(() => client?.on(type, (frame) => handle(frame)), [client, type])
}

/** A run as it is now. */
export interface ExecutionUpdates {
  /** Null until the first state is there. */
  view: ExecutionView | null
  /** False without a connection, and while missed events are being read. */
  isLive: boolean
  hasEnded: boolean
  /** Why it cannot be followed. */
  error: ErrorBody | null
}

const nothingYet: ExecutionUpdates = { view: null, isLive: false, hasEnded: false, error: null }

/** Follows a run while mounted and draws anew with it; null follows nothing. */
export function useExecutionUpdates(executionId: string | null): ExecutionUpdates {
  const [known, setKnown] = useState<ExecutionUpdates & { of: string | null }>({ ...nothingYet, of: executionId })
  const note = (change: Partial<ExecutionUpdates>) =>
    setKnown((before) => ({ ...(before.of === executionId ? before : nothingYet), ...change, of: executionId }))
  useExecutionEvents(executionId, {
    onView: (view) => note({ view }),
    onCaughtUp: () => note({ isLive: true }),
    onBehind: () => note({ isLive: false }),
    onEnded: () => note({ hasEnded: true }),
    onError: (error) => note({ error }),
  })
  return known.of === executionId ? known : nothingYet
}

/** A list of runs as it is now: the newest, and all that are not over. */
export interface LiveExecutions {
  /** Newest first; null until the list is there. */
  items: readonly ExecutionSummary[] | null
  error: ErrorBody | null
}

/** The runs of one workflow; null follows nothing. */
export function useWorkflowExecutions(workflowId: string | null): LiveExecutions {
  return useExecutionList(workflowId === null ? null : `workflows:${workflowId}`, undefined)
}

/** The runs of the workspace that fit. */
export function useAllExecutions(filters?: ChannelFilters): LiveExecutions {
  return useExecutionList('executions', filters)
}

function useExecutionList(channel: string | null, filters: ChannelFilters | undefined): LiveExecutions {
  const of = JSON.stringify([channel, filters])
  const [known, setKnown] = useState<LiveExecutions & { of: string }>({ items: null, error: null, of })
  useWebSocketSubscription(channel, {
    filters,
    onItems: (items) => setKnown({ items: items.filter((item) => 'totalNodes' in item), error: null, of }),
    onError: (error) => setKnown({ items: null, error, of }),
  })
  return known.of === of ? known : { items: null, error: null }
}

function useSameFilters(filters: ChannelFilters | undefined): ChannelFilters | undefined {
  const said = JSON.stringify(filters)
  return useMemo(() => (said === undefined ? undefined : (JSON.parse(said) as ChannelFilters)), [said])
}
