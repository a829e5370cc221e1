import { isFinished } from '@millrace/shared/engine/execution-view'
import { useEffect, useRef } from 'react'
import { useExecutionState } from '../../stores/execution-store.ts'
import { durationWords } from '../../ui/time-words.ts'
import { toast } from '../../ui/toast.tsx'

/** Says it when a run fails that was seen running, not when an old one is opened; a good end is told by the run bar. */
export function useRunNotices(onShow: (nodeId: string) => void): void {
  const executionId = useExecutionState((state) => state.executionId)
  const status = useExecutionState(({ view }) => view?.status ?? null)
  const duration = useExecutionState(({ view }) => view?.duration ?? null)
  const failedNodeId = useExecutionState(({ view }) => view?.failedNodeId ?? null)
  const message = useExecutionState(({ view }) => view?.error?.message ?? null)
  const seenRunning = useRef<string | null>(null)
  useEffect(() => {
    if (executionId === null || status === null) return
    if (!isFinished(status)) {
      seenRunning.current = executionId
      return
    }
    if (seenRunning.current !== executionId) return
    seenRunning.current = null
    const took = durationWords(duration ?? 0)
    if (status === 'failed') {
      toast.failed(`Failed after ${took}`, {
        id: executionId,
        ...(message === null ? {} : { description: message }),
        ...(failedNodeId === null ? {} : { action: { label: 'Show', onClick: () => onShow(failedNodeId) } }),
      })
    }
  }, [executionId, status, duration, failedNodeId, message, onShow])
}
