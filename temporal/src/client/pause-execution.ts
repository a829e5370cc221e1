import { AppError } from '@millrace/shared/errors/app-error'
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { handlerNames, type PauseRequest, type PauseResult } from '../workflow-contract.ts'
import { callUpdate } from './call-update.ts'

export interface PauseExecutionRequest extends PauseRequest {
  executionId: string
  /** The caller's; a repeated call with it gets the first call's result. */
  idempotencyKey: string
}

export type PausedStatus = Extract<PauseResult, { accepted: true }>['status']

/**
 * Resolves when nothing new begins any more, with how the run stands then; a run that is paused already stays so.
 * Throws AppError EXECUTION_FINISHED, LIMIT_REACHED, TEMPORAL_UNAVAILABLE (also when no worker is there).
 */
export function pauseExecution(client: Client, request: PauseExecutionRequest): Promise<PausedStatus> {
  return send(client, handlerNames.pause, request)
}

/** Resolves when the run goes on; one that is not paused is left alone. Throws as `pauseExecution`. */
export function resumeExecution(client: Client, request: PauseExecutionRequest): Promise<PausedStatus> {
  return send(client, handlerNames.resume, request)
}

async function send(
  client: Client,
  name: string,
  { executionId, idempotencyKey, ...request }: PauseExecutionRequest,
): Promise<PausedStatus> {
  try {
    const update = { executionId, name, updateId: idempotencyKey }
    const result = await callUpdate<PauseResult, PauseRequest>(client, update, request)
    if (result.accepted) return result.status
    throw new AppError(result.code, { executionId }, { message: result.message })
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new AppError('EXECUTION_FINISHED', { executionId }, { cause: error })
    throw error
  }
}
