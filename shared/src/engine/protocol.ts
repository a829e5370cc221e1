import type { EventError, OutputRef } from '../events/envelope.ts'
import type { EventDraft } from '../events/index.ts'
import type { Answerer } from '../events/user-input.ts'
import type { RetryPolicy } from '../graph/workflow-definition.ts'
import type { Json, JsonObject } from '../json.ts'
import type { NodeType } from '../nodes/registry.ts'
import type { Plan, PlanExpression, Scope } from './plan.ts'

/**
 * The language between the pure interpreter and the shell that runs it (Temporal workflow, browser).
 * `step(plan, state, input) → { state, commands, events }`: no clock, no I/O, no randomness.
 * `now` is the shell's deterministic time in epoch milliseconds.
 */

/** A node's output: the value itself, or a reference where it is larger than an event may carry. */
export type NodeOutput = { value: Json } | { ref: OutputRef }

export interface NodeAddress {
  nodeId: string
  /** With loop frames: `redo[2]/draft`. Identity of one generation of the node. */
  nodePath: string
  iteration: number
}

export type EngineInput = { now: number } & (
  | { type: 'start'; executionId: string; input: JsonObject }
  /** The first try of an effect has succeeded, or a later one. `port` where the executor chose one. */
  | {
      type: 'nodeSucceeded'
      nodePath: string
      output: NodeOutput
      attempt: number
      port?: string
      metadata?: JsonObject
    }
  | { type: 'nodeFailed'; nodePath: string; error: EventError; attempt?: number }
  | { type: 'nodeCancelled'; nodePath: string }
  /** Answer to the command `evaluate`. */
  | { type: 'evaluated'; nodePath: string; config: JsonObject }
  /** Already validated by `checkAnswer` at the time it came; is ignored when the prompt has closed since. */
  | { type: 'promptAnswered'; requestId: string; response: JsonObject; answeredBy: Answerer }
  | { type: 'timerFired'; timerId: string }
  | { type: 'cancel'; reason: string }
  /** Nothing new begins until `resume`; what is at work goes on, and so does time. */
  | { type: 'pause'; reason?: string; by?: Answerer }
  | { type: 'resume'; by?: Answerer }
)

export type EngineCommand =
  /** Run an effect. The shell retries by `retry`; config is rendered with `scope` by the activity. */
  | ({
      type: 'runNode'
      nodeType: NodeType
      nodeName: string
      config: JsonObject
      expressions: PlanExpression[]
      scope: EffectScope
      retry: RetryPolicy
      timeoutMs: number
    } & NodeAddress)
  /** Render a config whose scope holds references, outside the workflow; answered by `evaluated` or `nodeFailed`. */
  | ({ type: 'evaluate'; config: JsonObject; expressions: PlanExpression[]; scope: EffectScope } & NodeAddress)
  | ({ type: 'cancelNode' } & NodeAddress)
  | { type: 'startTimer'; timerId: string; fireAt: number }
  | { type: 'cancelTimer'; timerId: string }
  | { type: 'finish'; outcome: ExecutionOutcome }

/** The part of the scope that a node's expressions read; references are resolved where the effect runs. */
export type EffectScope = Record<string, NodeOutput>

export type ExecutionOutcome =
  | { status: 'completed'; outputs: JsonObject }
  | { status: 'failed'; error: EventError; failedNodeId?: string }
  | { status: 'cancelled'; reason: string }

/** An event as the interpreter makes it: the shell adds `timestamp` (= now); everything else is there. */
export type EngineEvent = EventDraft

/** Final state of every node generation, for the closing transaction (R4). */
export interface NodeOutcome extends NodeAddress {
  status: 'pending' | 'completed' | 'failed' | 'skipped' | 'cancelled'
  output?: Json
  outputRef?: OutputRef
  error?: EventError
  /** The reason of a skip or cancellation. */
  reason?: string
}

/** State between steps: plain JSON, owned by `interpreter.ts`; shells treat it as opaque but for these. */
export interface EngineStateHeader {
  executionId: string
  status: 'running' | 'waiting' | 'paused' | 'finished'
  /** When the run was started, epoch milliseconds. */
  startedAt: number
  outcome: ExecutionOutcome | null
}

export interface StepResult<State extends EngineStateHeader> {
  state: State
  commands: EngineCommand[]
  events: EngineEvent[]
}

/** Whether a run can be paused or resumed now. */
export type PauseCheck = { ok: true } | { ok: false; code: 'EXECUTION_FINISHED' | 'LIMIT_REACHED'; message: string }

export type AnswerCheck =
  | { ok: true; response: JsonObject }
  | {
      ok: false
      code: 'PROMPT_NOT_FOUND' | 'PROMPT_ALREADY_ANSWERED' | 'PROMPT_CLOSED' | 'PROMPT_RESPONSE_INVALID'
      message: string
      details?: JsonObject
    }

export type { Plan, Scope }
