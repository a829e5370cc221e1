import type { NodeStatus, NodeView } from '@millrace/shared/engine/execution-view'
import { useExecutionState } from '../../stores/execution-store.ts'

/** What the run knows of one step; null while no run is shown or it says nothing of it. */
export function useNodeView(nodeId: string): NodeView | null {
  return useExecutionState(({ view }) => view?.nodes[nodeId] ?? null)
}

/** idle: no run is shown on this canvas. */
export function useNodeStatus(nodeId: string): NodeStatus | 'idle' {
  return useExecutionState(({ view }) => (view === null ? 'idle' : (view.nodes[nodeId]?.status ?? 'pending')))
}
