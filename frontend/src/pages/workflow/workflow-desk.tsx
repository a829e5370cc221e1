import type { Workflow } from '@millrace/shared/api/workflows'
import { isFinished } from '@millrace/shared/engine/execution-view'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useExecution, useExecutions } from '../../api/executions.ts'
import { createBoardCommands } from '../../canvas/board/board-commands.ts'
import { createBoard } from '../../canvas/board/board-store.ts'
import { Desk } from '../../canvas/desk.tsx'
import { LastExecutionContext } from '../../canvas/inspector/expression/run-values.ts'
import { useFollowedRun } from '../../canvas/run/use-followed-run.ts'
import { createExecutionStore } from '../../stores/execution-store.ts'
import { createGraphStore } from '../../stores/graph-store.ts'
import { DeskLayout } from './desk-layout.tsx'
import { isPaletteRemembered } from './palette-memory.ts'
import { useSaving } from './use-saving.ts'

/** Name of the parameter that says which run the canvas shows, so that a reload and a link show the same. */
const runParam = 'run'

/** The stores of one opened workflow, and the run that its canvas shows. */
export function WorkflowDesk({ workflow, mayEdit }: { workflow: Workflow; mayEdit: boolean }) {
  const [graph] = useState(() => createGraphStore({ workflow, readOnly: !mayEdit }))
  const [board] = useState(() => createBoard(workflow.definition, isPaletteRemembered()))
  const [execution] = useState(createExecutionStore)
  const [params, setParams] = useSearchParams()
  const executionId = params.get(runParam)
  const commands = useMemo(() => createBoardCommands(graph, board), [graph, board])
  const save = useSaving(graph, workflow)
  useFollowedRun(execution, executionId)

  const showRun = useCallback(
    (id: string | null) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          if (id === null) next.delete(runParam)
          else next.set(runParam, id)
          return next
        },
        { replace: true },
      ),
    [setParams],
  )

  // A run that is still going on belongs on the canvas: not to show it would be untrue.
  const newest = useExecutions({ workflowId: workflow.id }, 1).data?.pages[0]?.items[0]
  const lastId = newest?.executionId
  const last = useExecution(lastId)
  const lastStatus = last.data?.status
  const refetchLast = last.refetch
  useEffect(() => {
    // Rows of lists move with events; what was read of the run itself does not.
    if (newest?.status !== undefined && lastStatus !== undefined && newest.status !== lastStatus) void refetchLast()
  }, [newest?.status, lastStatus, refetchLast])
  const isOffered = useRef(false)
  useEffect(() => {
    if (isOffered.current || lastId === undefined || lastStatus === undefined) return
    isOffered.current = true
    if (executionId === null && !isFinished(lastStatus)) showRun(lastId)
  }, [lastId, lastStatus, executionId, showRun])

  const stepParam = params.get('step')
  useEffect(() => {
    if (stepParam === null) return
    board.select({ nodeIds: [stepParam] })
    board.set({ isInspectorOpen: true })
  }, [board, stepParam])

  return (
    <Desk graph={graph} board={board} execution={execution}>
      <LastExecutionContext value={last.data ?? null}>
        <DeskLayout
          workflow={workflow}
          mayEdit={mayEdit}
          commands={commands}
          onSave={save}
          last={last.data ?? null}
          onShowRun={showRun}
        />
      </LastExecutionContext>
    </Desk>
  )
}
