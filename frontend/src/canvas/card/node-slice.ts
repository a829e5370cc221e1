import type { AttemptView, NodeStatus, NodeView } from '@millrace/shared/engine/execution-view'
import { useExecutionState } from '../../stores/execution-store.ts'

/** What the run knows of one step; null while no run is shown or it says nothing of it. */
export function useNodeView(nodeId: string): NodeView | null {
  return useExecutionState(({ view }) => view?.nodes[nodeId] ?? null)
}

/** idle: no run is shown on this canvas. */
export function useNodeStatus(nodeId: string): NodeStatus | 'idle' {
  return useExecutionState(({ view }) => (view === null ? 'idle' : (view.nodes[nodeId]?.status ?? 'pending')))
}

/** The current try of the current round. */
export function currentAttempt(node: NodeView): AttemptView | null {
  const last = node.attempts.at(-1)
  return last !== undefined && last.iteration === node.iteration ? last : null
}

/** Tokens per second of an attempt; null while too little has come to say. `now` in epoch milliseconds. */
export function tokensPerSecond(attempt: AttemptView, now: number): number | null {
  const elapsedMs = (attempt.finishedAt ?? now) - attempt.startedAt
  return attempt.tokens < 2 || elapsedMs < 500 ? null : attempt.tokens / (elapsedMs / 1000)
}
