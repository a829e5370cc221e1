import type { ExecutionStatus } from '@millrace/shared/engine/execution-view'
import type { Plan } from '@millrace/shared/engine/plan'
import type { Answerer } from '@millrace/shared/events/user-input'
import type { JsonObject } from '@millrace/shared/json'
import type { EventOwner } from '@millrace/temporal/ports'

/** What the commands ask of running workflows. Implemented over Temporal by compose. */
export interface EngineClient {
  /** Idempotent by execution id. Throws AppError TEMPORAL_UNAVAILABLE. */
  start(execution: StartRequest): Promise<void>
  /**
   * Resolves when the answer was accepted as the first valid one. Throws AppError PROMPT_NOT_FOUND,
   * PROMPT_ALREADY_ANSWERED, PROMPT_CLOSED, PROMPT_RESPONSE_INVALID, TEMPORAL_UNAVAILABLE.
   */
  answer(request: AnswerRequest): Promise<{ response: JsonObject; answeredBy: Answerer; answeredAt: number }>
  /** Resolves when the wish is durable. Throws AppError EXECUTION_FINISHED, TEMPORAL_UNAVAILABLE. */
  cancel(executionId: string, request: { reason: string; by: string }): Promise<void>
  /**
   * Resolves when nothing new begins any more, with the status since. Throws AppError EXECUTION_FINISHED,
   * LIMIT_REACHED, TEMPORAL_UNAVAILABLE.
   */
  pause(request: PauseRequest): Promise<ExecutionStatus>
  /** Resolves when the run goes on. Throws as `pause`. */
  resume(request: PauseRequest): Promise<ExecutionStatus>
}

export interface PauseRequest {
  executionId: string
  reason?: string
  by: Answerer
  /** A repeated request with it gets the first one's result. */
  idempotencyKey: string
}

export interface StartRequest {
  executionId: string
  owner: EventOwner
  plan: Plan
  input: JsonObject
  /** Epoch milliseconds of `execution:created`. */
  createdAt: number
}

export interface AnswerRequest {
  executionId: string
  requestId: string
  response: JsonObject
  answeredBy: Answerer
  /** A repeated request with it gets the first one's result. */
  idempotencyKey: string
}
