import type { PlanExpression } from '@millrace/shared/engine/plan'
import type { EffectScope, EngineCommand, NodeOutput } from '@millrace/shared/engine/protocol'
import type { JsonObject } from '@millrace/shared/json'
import type { EventOwner, FinalizeRequest } from '../ports.ts'

/** Activities of the queue `engine`, as workflow code calls them. Implemented by `createEngineActivities`. */
export interface EngineActivities {
  /** Attempts of one node generation. Fails with an ApplicationFailure whose type is a code of the catalogue. */
  runNode(task: NodeTask): Promise<NodeTaskResult>
  /** Renders a config whose scope holds references. Throws EXPRESSION_FAILED, OUTPUT_TOO_LARGE. */
  evaluateConfig(task: EvaluateTask): Promise<JsonObject>
  /**
   * Does nothing, durably: an input from outside acts when this resolves (R1). Then a repeated workflow
   * task cannot put the input before something that was already told.
   */
  admit(): Promise<void>
  finalize(owner: EventOwner, request: FinalizeRequest): Promise<void>
}

export interface NodeTask {
  owner: EventOwner
  executionId: string
  node: Omit<Extract<EngineCommand, { type: 'runNode' }>, 'type'>
  heartbeatTimeoutMs: number
}

export interface NodeTaskResult {
  output: NodeOutput
  port?: string
  metadata?: JsonObject
  /** The attempt that produced the output, from 1. */
  attempt: number
}

export interface EvaluateTask {
  owner: EventOwner
  config: JsonObject
  expressions: PlanExpression[]
  scope: EffectScope
}
