import { errorCodeOf, toErrorBody } from '../errors/app-error.ts'
import type { EventError } from '../events/envelope.ts'
import type { Json, JsonObject } from '../json.ts'
import { countInLoops, isExhausted } from './loop-rounds.ts'
import type { NodeOutput } from './protocol.ts'
import { normalPorts } from './pure-nodes.ts'
import { decideEdges, type EdgeDecision } from './settle-edges.ts'
import { changeNode, generationOf, nodeStateOf, planNodeOf, type StepDraft, tellOfNode } from './step-draft.ts'
import { stopRun } from './stop-run.ts'
import { tellVariables } from './variables.ts'

export interface Completion {
  output: NodeOutput
  ports: string[]
  attempt?: number
  metadata?: JsonObject
}

/** A node has an output. While the run is being stopped it still counts (R3), but nothing follows from it. */
export function completeNode(draft: StepDraft, nodeId: string, { output, ports, attempt, metadata }: Completion): void {
  const isStopping = draft.state.stopping !== null
  const exhausted = isStopping ? undefined : exhaustedLoop(draft, nodeId, ports)
  if (exhausted !== undefined)
    return failNode(draft, nodeId, loopLimitError(exhausted), {
      isLoopClosed: true,
      ...(attempt === undefined ? {} : { attempt }),
    })
  if (planNodeOf(draft, nodeId).type === 'set') tellVariables(draft, nodeId, output)
  draft.state.outputs[nodeId] = output
  tellOfNode(draft, nodeId, 'node:completed', {
    ...(attempt === undefined ? {} : { attempt }),
    ...('value' in output ? { output: output.value } : { outputRef: output.ref }),
    duration: durationOf(draft, nodeId),
    ports: isStopping ? [] : ports,
    ...(metadata === undefined ? {} : { metadata }),
  })
  changeNode(draft, nodeId, { step: 'completed' })
  endNode(draft, nodeId, { ports })
}

function exhaustedLoop(draft: StepDraft, nodeId: string, ports: readonly string[]) {
  const edge = (draft.index.outgoing.get(nodeId) ?? []).find(({ id, sourcePort }) => {
    const loop = draft.index.loops.get(id)
    return loop !== undefined && ports.includes(sourcePort) && isExhausted(draft, loop)
  })
  return edge === undefined ? undefined : draft.index.loops.get(edge.id)
}

function loopLimitError({ edgeId, maxIterations }: { edgeId: string; maxIterations: number }): EventError {
  return {
    code: 'LOOP_LIMIT',
    message: `The way back was taken ${maxIterations === 1 ? 'once' : `${maxIterations} times`}, as often as it may be, and is asked for again.`,
    details: { edgeId, maxIterations },
  }
}

/** A node gave up. What follows is its `onError`; while the run is being stopped it counts as cancelled (R3). */
export function failNode(
  draft: StepDraft,
  nodeId: string,
  error: EventError,
  options: { attempt?: number; isLoopClosed?: boolean } = {},
): void {
  if (draft.state.stopping !== null) return cancelNode(draft, nodeId, stopReason(draft))
  const { name, onError, ports } = planNodeOf(draft, nodeId)
  const { attempt, isLoopClosed = false } = options
  tellOfNode(draft, nodeId, 'node:failed', {
    ...(attempt === undefined ? {} : { attempt }),
    error,
    duration: durationOf(draft, nodeId),
    handled: onError,
  })
  changeNode(draft, nodeId, { step: 'failed', error })
  if (onError === 'fail') {
    draft.lastEnded = generationOf(draft, nodeId)
    return stopRun(draft, { status: 'failed', error, failedNodeId: nodeId }, whyStopped(name, error))
  }
  // What comes after can tell by `error` that there is no output.
  draft.state.outputs[nodeId] = { value: { error: error as unknown as Json } }
  endNode(draft, nodeId, { ports: onError === 'branch' ? ['error'] : normalPorts(ports), isLoopClosed })
}

export function skipNode(draft: StepDraft, nodeId: string, reason: string): void {
  tellOfNode(draft, nodeId, 'node:skipped', { reason })
  changeNode(draft, nodeId, { step: 'skipped', reason })
  endNode(draft, nodeId, { ports: null })
}

export function cancelNode(draft: StepDraft, nodeId: string, reason: string): void {
  tellOfNode(draft, nodeId, 'node:cancelled', { reason })
  changeNode(draft, nodeId, { step: 'cancelled', reason })
  endNode(draft, nodeId, { ports: null })
}

function stopReason(draft: StepDraft): string {
  const outcome = draft.state.stopping
  if (outcome?.status === 'cancelled') return outcome.reason
  if (outcome?.status !== 'failed' || outcome.failedNodeId === undefined) return 'The run failed'
  return whyStopped(planNodeOf(draft, outcome.failedNodeId).name, outcome.error)
}

/** What a node that was stopped reads: a stop node did what it is there for. */
function whyStopped(name: string, { code }: EventError): string {
  if (code === 'RUN_BLOCKED') return `${name} blocked the run`
  return code === 'RUN_STOPPED' ? `${name} ended the run` : `${name} failed`
}

function endNode(draft: StepDraft, nodeId: string, decision: EdgeDecision): void {
  draft.lastEnded = generationOf(draft, nodeId)
  if (draft.state.stopping !== null) return
  decideEdges(draft, nodeId, decision)
  countInLoops(draft, nodeId)
}

function durationOf(draft: StepDraft, nodeId: string): number {
  return Math.max(0, draft.now - nodeStateOf(draft, nodeId).startedAt)
}

/** A thrown value as builders see it; what is not of the catalogue is a fault of ours and is thrown on. */
export function eventErrorOf(error: unknown): EventError {
  const known = errorCodeOf(error)
  if (known === null || known === 'INTERNAL') throw error
  const { code, message, details } = toErrorBody(error)
  return { code, message, ...(details === undefined ? {} : { details }) }
}
