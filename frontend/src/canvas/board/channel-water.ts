import type { EdgeView, ExecutionView } from '@millrace/shared/engine/execution-view'

/** idle: nothing runs here. empty: not decided yet. flowing: taken, and its target is at work. taken, not-taken: decided. */
export type Water = 'idle' | 'empty' | 'flowing' | 'taken' | 'not-taken'

/**
 * What an edge shows of a run. An edge inside a loop keeps its last decision until its source has ended in the next
 * round, so a decision older than the source's round counts as none.
 */
export function waterOf(
  view: ExecutionView | null,
  edgeId: string,
  ends: { source: string; target: string; isLoop: boolean },
): Water {
  if (view === null) return 'idle'
  const decided: EdgeView | undefined = view.edges[edgeId]
  if (decided === undefined) return 'empty'
  const source = view.nodes[ends.source]
  const target = view.nodes[ends.target]
  if (!ends.isLoop && source !== undefined && source.iteration > decided.iteration) return 'empty'
  if (!decided.taken) return ends.isLoop ? 'empty' : 'not-taken'
  if (ends.isLoop && target !== undefined && target.iteration > decided.iteration) return 'empty'
  if (target === undefined || (target.status !== 'running' && target.status !== 'queued')) return 'taken'
  // A later round of a loop came by the loop edge: what led into the loop at first does not flow again.
  const isItsRound = target.iteration === decided.iteration || target.iteration === 1
  return isItsRound ? 'flowing' : 'taken'
}

/** The round a loop is in, from 1; null before its first step began. */
export function loopRound(view: ExecutionView | null, target: string): number | null {
  const node = view?.nodes[target]
  return node === undefined || node.status === 'pending' ? null : node.iteration
}
