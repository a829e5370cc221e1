import type { EventError } from '../events/envelope.ts'
import type { Answerer } from '../events/user-input.ts'
import type { Plan } from './plan.ts'
import { type PlanIndex, planIndex } from './plan-index.ts'
import type { EngineStateHeader, ExecutionOutcome, NodeOutput } from './protocol.ts'

/** taken: its source went this way; passed: its source went another way; dead: its source did not run. */
export type EdgeState = 'taken' | 'passed' | 'dead'

/**
 * pending: its inputs are not decided; scheduled: its effect is out; evaluating: its set-up is rendered outside;
 * waiting: its question is open. The others are ends.
 */
export type NodeStep =
  | 'pending'
  | 'scheduled'
  | 'evaluating'
  | 'waiting'
  | 'completed'
  | 'failed'
  | 'skipped'
  | 'cancelled'

/** The latest generation of a node. */
export interface NodeState {
  step: NodeStep
  path: string
  /** How many generations there were with this one, over all loops around it. */
  iteration: number
  /** Epoch milliseconds; 0 before it began. */
  startedAt: number
  /** Events told of this generation, as codes; see `event-codes.ts`. */
  told: string
  error?: EventError
  reason?: string
  /** A cancellation was asked for (R3). */
  isStopping?: true
}

/** What remains of an earlier generation. */
export interface PastGeneration {
  path: string
  step: NodeStep
  told: string
}

export interface LoopState {
  /** Round of the body, from 1; begins anew with each round of an enclosing loop. */
  generation: number
  /** Nodes of the body that have not ended in this round. */
  left: number
  hasEnded: boolean
}

export interface PromptState {
  nodePath: string
  status: 'open' | 'answered' | 'expired' | 'withdrawn'
  answeredBy?: Answerer
  answeredAt?: number
  /** What a reminder says and how many were told; missing where none is set up, and when the question is closed. */
  reminders?: { askedAt: number; prompt: string; told: number }
}

/** Plain JSON. Every record is replaced, never changed in place, once a step has returned it. */
export interface EngineState extends EngineStateHeader {
  /** The outcome that the run is going to have; set while running nodes are being stopped. */
  stopping: ExecutionOutcome | null
  nodes: Record<string, NodeState>
  /** Output of the latest generation that had one. */
  outputs: Record<string, NodeOutput>
  /** Settled edges; those of a body begin anew with each round. */
  edges: Record<string, EdgeState>
  /** How edges stood in this round that settle only when a loop ends, and loop edges. */
  stood: Record<string, EdgeState>
  loops: Record<string, LoopState>
  prompts: Record<string, PromptState>
  past: Record<string, PastGeneration[]>
  /** Generations begun so far, over all nodes. */
  begun: number
  /** Changes of variables told so far. Absent before the first one. */
  variablesTold?: number
  /** Highest number of nodes that were through: progress never falls. */
  through: number
  /** Milliseconds in which an effect or evaluation was out, until the last step. Absent in runs from before it was measured. */
  workedMs?: number
  /** Epoch milliseconds of the last step, while one is out. */
  workingSince?: number
  /** Set while the run is paused: nodes that a loop has called and that begin when it goes on. */
  heldBack?: string[]
  /** What was told of each pause so far, as codes; see `event-codes.ts`. Absent before the first one. */
  pauses?: string[]
}

/** The state before the start. `executionId` may come with the `start` input instead. */
export function createState(plan: Plan, executionId = ''): EngineState {
  const index = planIndex(plan)
  const loops = Object.fromEntries(
    plan.loops.map(({ edgeId, body }): [string, LoopState] => [
      edgeId,
      { generation: 1, left: body.length, hasEnded: false },
    ]),
  )
  const nodes = Object.fromEntries(
    plan.nodes.map(({ id }): [string, NodeState] => [
      id,
      { step: 'pending', path: pathOf(id, loops, index), iteration: 1, startedAt: 0, told: '' },
    ]),
  )
  return {
    executionId,
    status: 'running',
    startedAt: 0,
    outcome: null,
    stopping: null,
    nodes,
    outputs: {},
    edges: {},
    stood: {},
    loops,
    prompts: {},
    past: {},
    begun: 0,
    through: 0,
    workedMs: 0,
  }
}

/** `outer[2]/inner[1]/node`: identity of one generation. */
export function pathOf(nodeId: string, loops: Record<string, LoopState>, index: PlanIndex): string {
  const frames = (index.loopsAround.get(nodeId) ?? []).map(
    ({ edgeId }) => `${edgeId}[${loops[edgeId]?.generation ?? 1}]/`,
  )
  return `${frames.join('')}${nodeId}`
}

export function nodeIdOfPath(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function hasEnded(step: NodeStep): boolean {
  return step === 'completed' || step === 'failed' || step === 'skipped' || step === 'cancelled'
}

/** No effect and no evaluation is out: the run only waits for people, or is over. */
export function isQuiescent(state: EngineState): boolean {
  return Object.values(state.nodes).every(({ step }) => step !== 'scheduled' && step !== 'evaluating')
}
