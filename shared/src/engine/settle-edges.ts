import type { EdgeState } from './engine-state.ts'
import type { PlanEdge } from './plan.ts'
import { type StepDraft, tellOfEdge } from './step-draft.ts'

export interface EdgeDecision {
  /** Ports by which the node goes on; null: it did not run, all its edges are dead. */
  ports: readonly string[] | null
  /** A loop that reached its bound is not taken again although its port is. */
  isLoopClosed?: boolean
}

/** Decides every edge that leaves a node. Edges that leave a loop, and loop edges, only stand so until the round ends. */
export function decideEdges(draft: StepDraft, nodeId: string, { ports, isLoopClosed = false }: EdgeDecision): void {
  for (const edge of draft.index.outgoing.get(nodeId) ?? []) {
    const isLoop = edge.maxIterations !== undefined
    const isTaken = ports?.includes(edge.sourcePort) === true && !(isLoop && isLoopClosed)
    const state: EdgeState = ports === null ? 'dead' : isTaken ? 'taken' : 'passed'
    if (isLoop || draft.index.heldBy.has(edge.id)) draft.state.stood[edge.id] = state
    else settleEdge(draft, edge, state)
  }
}

export function settleEdge(draft: StepDraft, edge: PlanEdge, state: EdgeState): void {
  draft.state.edges[edge.id] = state
  tellOfEdge(draft, edge, state)
  draft.candidates.add(edge.target)
}
