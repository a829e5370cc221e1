import { ReactFlowProvider } from '@xyflow/react'
import type { ReactNode } from 'react'
import { ExecutionContext, type ExecutionStore } from '../stores/execution-store.ts'
import { GraphContext } from '../stores/graph-context.ts'
import type { GraphStore } from '../stores/graph-store.ts'
import { BoardContext } from './board/board-context.ts'
import type { Board } from './board/board-store.ts'

export interface DeskProps {
  graph: GraphStore
  board: Board
  execution: ExecutionStore
  children: ReactNode
}

/** A drawing, its canvas and the run on it, for everything below. One of each per page. */
export function Desk({ graph, board, execution, children }: DeskProps) {
  return (
    <GraphContext value={graph}>
      <ExecutionContext value={execution}>
        <BoardContext value={board}>
          <ReactFlowProvider>{children}</ReactFlowProvider>
        </BoardContext>
      </ExecutionContext>
    </GraphContext>
  )
}
