import { InvariantError } from '../errors/app-error.ts'
import { type LoopState, pathOf } from './engine-state.ts'
import type { PlanEdge, PlanLoop } from './plan.ts'
import { settleEdge } from './settle-edges.ts'
import { nodeStateOf, type StepDraft, tellOfEdge } from './step-draft.ts'

/**
 * Counts a node that has ended in the loops around it. A round is over when every node of the body has ended; then
 * the loop edge begins the next one, or the loop ends and the edges that leave it settle as they stand.
 * Innermost first: a new inner round keeps the outer one open.
 */
export function countInLoops(draft: StepDraft, nodeId: string): void {
  const around = (draft.index.loopsAround.get(nodeId) ?? []).toReversed()
  for (const { edgeId } of around) changeLoop(draft, edgeId, ({ left }) => ({ left: left - 1 }))
  for (const loop of around) {
    if (loopStateOf(draft, loop.edgeId).left > 0) return
    if (draft.state.stood[loop.edgeId] === 'taken') return beginRound(draft, loop)
    endLoop(draft, loop)
  }
}

/** Whether a loop edge may not be taken once more. */
export function isExhausted(draft: StepDraft, loop: PlanLoop): boolean {
  return loopStateOf(draft, loop.edgeId).generation > loop.maxIterations
}

function endLoop(draft: StepDraft, loop: PlanLoop): void {
  changeLoop(draft, loop.edgeId, () => ({ hasEnded: true }))
  tellOfEdge(draft, edgeOf(draft, loop.edgeId), draft.state.stood[loop.edgeId] ?? 'dead')
  for (const edge of draft.index.holds.get(loop.edgeId) ?? [])
    settleEdge(draft, edge, draft.state.stood[edge.id] ?? 'dead')
}

function beginRound(draft: StepDraft, loop: PlanLoop): void {
  const { state, index, plan } = draft
  const edge = edgeOf(draft, loop.edgeId)
  tellOfEdge(draft, edge, 'taken', nodeStateOf(draft, edge.target).iteration + 1)
  const body = new Set(loop.body)
  changeLoop(draft, loop.edgeId, ({ generation }) => ({ generation: generation + 1, left: body.size }))
  for (const inner of plan.loops) {
    if (inner.enclosing.includes(loop.edgeId))
      changeLoop(draft, inner.edgeId, () => ({ generation: 1, left: inner.body.length, hasEnded: false }))
  }
  for (const outer of loop.enclosing) changeLoop(draft, outer, ({ left }) => ({ left: left + body.size }))
  for (const { id, source } of plan.edges) {
    if (!body.has(source)) continue
    delete state.edges[id]
    delete state.stood[id]
  }
  for (const nodeId of loop.body) {
    const { path, step, told, iteration } = nodeStateOf(draft, nodeId)
    state.past[nodeId] = [...(state.past[nodeId] ?? []), { path, step, told }]
    state.nodes[nodeId] = {
      step: 'pending',
      path: pathOf(nodeId, state.loops, index),
      iteration: iteration + 1,
      startedAt: 0,
      told: '',
    }
    draft.candidates.add(nodeId)
  }
  draft.called.add(edge.target)
}

function edgeOf(draft: StepDraft, edgeId: string): PlanEdge {
  const edge = draft.index.edges.get(edgeId)
  if (edge === undefined) throw new InvariantError(`The plan has no edge ${edgeId}.`)
  return edge
}

function loopStateOf(draft: StepDraft, edgeId: string): LoopState {
  const loop = draft.state.loops[edgeId]
  if (loop === undefined) throw new InvariantError(`The state has no loop ${edgeId}.`)
  return loop
}

function changeLoop(draft: StepDraft, edgeId: string, change: (loop: LoopState) => Partial<LoopState>): void {
  const loop = loopStateOf(draft, edgeId)
  draft.state.loops[edgeId] = { ...loop, ...change(loop) }
}
