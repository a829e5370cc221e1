import type { OpenedShareLink } from '@millrace/shared/api/share-links'
import { useEffect, useEffectEvent, useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { createBoardCommands } from '../../canvas/board/board-commands.ts'
import { createBoard } from '../../canvas/board/board-store.ts'
import { Desk } from '../../canvas/desk.tsx'
import { useFollowedRun } from '../../canvas/run/use-followed-run.ts'
import { type RunDefinition, useRunDefinition } from '../../canvas/run/use-run-definition.ts'
import { useConnectionState, useWebSocket } from '../../live/live-context.ts'
import { createExecutionStore } from '../../stores/execution-store.ts'
import { createGraphStore } from '../../stores/graph-store.ts'
import { QueryGate } from '../../ui/query-gate.tsx'
import type { GuestAccess } from './guest-access.ts'
import { SharedLayout } from './shared-layout.tsx'

/** Between two looks at whether a refused link is open again, in milliseconds. */
const lookAgainMs = 5000

/** The run of an open link, on the drawing it carries. */
export function SharedRun({ access, link }: { access: GuestAccess; link: OpenedShareLink }) {
  const drawing = useRunDefinition(link.executionId, access.http)
  useRefusals(access)
  return (
    <QueryGate query={drawing} what="the run" describe={describeError} loading={<></>}>
      {(data) => <SharedDesk link={link} drawing={data} />}
    </QueryGate>
  )
}

function SharedDesk({ link, drawing }: { link: OpenedShareLink; drawing: RunDefinition }) {
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
  useFollowedRun(execution, link.executionId)
  return (
    <Desk graph={graph} board={board} execution={execution}>
      <SharedLayout link={link} commands={commands} />
    </Desk>
  )
}

/** A socket that was refused says that the link has ended, or only that its token has: the link itself is asked. */
function useRefusals({ isOpen }: GuestAccess): void {
  const client = useWebSocket()
  const isRefused = useConnectionState().status === 'stopped'
  const ask = useEffectEvent(async () => {
    try {
      if (await isOpen()) client?.connect()
    } catch {
      // No answer says nothing about the link; the next look may.
    }
  })
  useEffect(() => {
    if (!isRefused) return
    void ask()
    const timer = setInterval(() => void ask(), lookAgainMs)
    return () => clearInterval(timer)
  }, [isRefused])
}
