import type { ConnectionState } from '@millrace/shared/client/connection-state'
import { idleState } from '@millrace/shared/client/connection-state'
import type { ExecutionHandlers } from '@millrace/shared/client/followed-execution'
import type { SocketClient } from '@millrace/shared/client/socket-client'
import { createContext, useCallback, useContext, useEffect, useEffectEvent, useSyncExternalStore } from 'react'

export const LiveContext = createContext<SocketClient | null>(null)

/** The tab's socket; null while nobody is signed in. */
export function useWebSocket(): SocketClient | null {
  return useContext(LiveContext)
}

/** Whether what is on the screen is as of now. */
export function useConnectionState(): ConnectionState {
  const client = useWebSocket()
  const subscribe = useCallback((listener: () => void) => client?.onState(listener) ?? (() => undefined), [client])
  return useSyncExternalStore(subscribe, () => client?.state ?? idleState)
}

/** Follows a run while mounted; null follows nothing. Handlers may change without following anew. */
export function useExecutionEvents(executionId: string | null, handlers: ExecutionHandlers): void {
  const client = useWebSocket()
  const onView = useEffectEvent<NonNullable<ExecutionHandlers['onView']>>((view) => handlers.onView?.(view))
  const onEvent = useEffectEvent<NonNullable<ExecutionHandlers['onEvent']>>((event) => handlers.onEvent?.(event))
  const onCaughtUp = useEffectEvent<NonNullable<ExecutionHandlers['onCaughtUp']>>((seq) => handlers.onCaughtUp?.(seq))
  const onBehind = useEffectEvent(() => handlers.onBehind?.())
  const onEnded = useEffectEvent(() => handlers.onEnded?.())
  const onError = useEffectEvent<NonNullable<ExecutionHandlers['onError']>>((error) => handlers.onError?.(error))
  const onPresence = useEffectEvent<NonNullable<ExecutionHandlers['onPresence']>>((presence) =>
    handlers.onPresence?.(presence),
  )
  useEffect(() => {
    if (client === null || executionId === null) return
    return client.followExecution(executionId, {
      onView: (view) => onView(view),
      onEvent: (event) => onEvent(event),
      onCaughtUp: (seq) => onCaughtUp(seq),
      onBehind: () => onBehind(),
      onEnded: () => onEnded(),
      onError: (error) => onError(error),
      onPresence: (presence) => onPresence(presence),
    })
  }, [client, executionId])
}
