import { useState } from 'react'
import { useParams } from 'react-router'
import { describeError } from '../../api/describe-error.ts'
import { useElsewhere } from '../../app/use-elsewhere.tsx'
import { createBoardCommands } from '../../canvas/board/board-commands.ts'
import { createBoard } from '../../canvas/board/board-store.ts'
import { Desk } from '../../canvas/desk.tsx'
import { useFollowedRun } from '../../canvas/run/use-followed-run.ts'
import { type RunDefinition, useRunDefinition } from '../../canvas/run/use-run-definition.ts'
import { createExecutionStore } from '../../stores/execution-store.ts'
import { createGraphStore } from '../../stores/graph-store.ts'
import { usePageTitle } from '../../ui/page-title.ts'
import { QueryGate } from '../../ui/query-gate.tsx'
import { ExecutionLayout } from './execution-layout.tsx'

/** `/executions/:id`: one run, live or afterwards, on the drawing it carries. */
export default function ExecutionPage() {
  const { id = '' } = useParams()
  const drawing = useElsewhere(useRunDefinition(id), `/api/executions/${encodeURIComponent(id)}/definition`)
  usePageTitle(drawing.data === undefined ? undefined : `Run of ${drawing.data.workflowName}`)
  return (
    <QueryGate query={drawing} what="the run" describe={describeError} loading={<></>}>
      {(data) => <ExecutionDesk key={id} executionId={id} drawing={data} />}
    </QueryGate>
  )
}

function ExecutionDesk({ executionId, drawing }: { executionId: string; drawing: RunDefinition }) {
  const [graph] = useState(() => {
    const { workflowId, workflowName, workflowVersion, definition } = drawing
    return createGraphStore({
      workflow: { id: workflowId, name: workflowName, version: workflowVersion, definition },
      readOnly: true,
    })
  })
  const [board] = useState(() => createBoard(drawing.definition))
  const [execution] = useState(createExecutionStore)
  const [commands] = useState(() => createBoardCommands(graph, board))
  useFollowedRun(execution, executionId)
  return (
    <Desk graph={graph} board={board} execution={execution}>
      <ExecutionLayout executionId={executionId} commands={commands} />
    </Desk>
  )
}
