import { createContext, useContext, useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import type { ChannelHandlers, ConnectionInfo, ExecutionHandlers, LiveClient } from './live-client.ts'

export const LiveContext = createContext<LiveClient | null>(null)

const notConnected: ConnectionInfo = { state: 'connecting', retryAt: null, reason: null }

/** The tab's socket; null while nobody is signed in. */
export function useWebSocket(): LiveClient | null {
  return useContext(LiveContext)
}

export function useConnectionState(): ConnectionInfo {
  const client = useWebSocket()
  return useSyncExternalStore(
    (listener) => client?.onConnection(listener) ?? (() => undefined),
    () => client?.connection() ?? notConnected,
  )
}

/** Follows a run while mounted; null follows nothing. Handlers may change without following anew. */
export function useExecutionEvents(executionId: string | null, handlers: ExecutionHandlers): void {
  const client = useWebSocket()
  const onView = useEffectEvent<NonNullable<ExecutionHandlers['onView']>>((view) => handlers.onView?.(view))
  const onEvent = useEffectEvent<NonNullable<ExecutionHandlers['onEvent']>>((event) => handlers.onEvent?.(event))
  const onCaughtUp = useEffectEvent<NonNullable<ExecutionHandlers['onCaughtUp']>>((seq) => handlers.onCaughtUp?.(seq))
  const onEnded = useEffectEvent(() => handlers.onEnded?.())
  const onError = useEffectEvent<NonNullable<ExecutionHandlers['onError']>>((error) => handlers.onError?.(error))
  useEffect(() => {
    if (client === null || executionId === null) return
    return client.followExecution(executionId, {
      onView: (view) => onView(view),
      onEvent: (event) => onEvent(event),
      onCaughtUp: (seq) => onCaughtUp(seq),
      onEnded: () => onEnded(),
      onError: (error) => onError(error),
    })
  }, [client, executionId])
}

/** Follows a channel (`executions`, `approvals`, `kb`, `kb:{id}`) while mounted; null follows nothing. */
export function useChannel(channel: string | null, handlers: ChannelHandlers): void {
  const client = useWebSocket()
  const onEvent = useEffectEvent<NonNullable<ChannelHandlers['onEvent']>>((event) => handlers.onEvent?.(event))
  const onLive = useEffectEvent(() => handlers.onLive?.())
  useEffect(() => {
    if (client === null || channel === null) return
    return client.followChannel(channel, { onEvent: (event) => onEvent(event), onLive: () => onLive() })
  }, [client, channel])
}
