import type { Execution } from '@millrace/shared/api/executions'
import { createContext, useContext, useMemo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { useExecutionState } from '../../../stores/execution-store.ts'
import type { RunScope } from './variables.ts'

/** The last run that is over, for values while none is shown on the canvas. */
export const LastExecutionContext = createContext<Execution | null>(null)

export interface RunValues {
  scope: RunScope
  /** When those values came about, in epoch milliseconds; null without any. */
  at: number | null
}

/** Real values for pickers and previews: of the run on the canvas, else of the last one. Stays the same while tokens arrive. */
export function useRunValues(): RunValues {
  const last = useContext(LastExecutionContext)
  const shown = useExecutionState(
    useShallow(({ view }) => {
      const outputs: Record<string, unknown> = {}
      for (const node of Object.values(view?.nodes ?? {})) if (node.output !== null) outputs[node.nodeId] = node.output
      return outputs
    }),
  )
  const executionId = useExecutionState(({ view }) => view?.executionId ?? null)
  const workflow = useExecutionState(({ view }) => view?.workflowName ?? '')
  const startedAt = useExecutionState(({ view }) => view?.startedAt ?? null)
  return useMemo(() => {
    if (executionId !== null && Object.keys(shown).length > 0) {
      return { scope: { ...shown, run: { id: executionId, workflow } }, at: startedAt }
    }
    if (last === null) return { scope: {}, at: null }
    const outputs = Object.fromEntries(
      Object.entries(last.nodes).flatMap(([id, node]) => (node.output === undefined ? [] : [[id, node.output]])),
    )
    return { scope: { ...outputs, run: { id: last.executionId, workflow: last.workflowName } }, at: last.startedAt }
  }, [last, shown, executionId, workflow, startedAt])
}
