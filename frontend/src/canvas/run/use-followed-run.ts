import { useEffect } from 'react'
import { useExecutionEvents } from '../../live/live-context.ts'
import type { ExecutionStore } from '../../stores/execution-store.ts'

/** Shows a run in the store while mounted; null shows none. A reload or a return of the network changes nothing but the time it takes. */
export function useFollowedRun(execution: ExecutionStore, executionId: string | null): void {
  useEffect(() => execution.follow(executionId), [execution, executionId])
  useExecutionEvents(executionId, {
    onView: (view) => execution.setView(view),
    onPresence: (presence) => execution.setPresence(presence),
    onCaughtUp: () => execution.setPhase('live'),
    onBehind: () => execution.setPhase('catching-up'),
    onEnded: () => execution.setPhase('ended'),
    onError: ({ code, message }) => execution.fail({ code, message }),
  })
}
