import { AppError } from '@millrace/shared/errors/app-error'
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { type AnswerRequest, type AnswerResult, handlerNames } from '../workflow-contract.ts'
import { callUpdate } from './call-update.ts'

export interface AnswerPromptRequest extends AnswerRequest {
  executionId: string
  /** The caller's; a repeated call with it gets the first call's result. */
  idempotencyKey: string
}

export type AcceptedAnswer = Extract<AnswerResult, { accepted: true }>

/**
 * Gives an answer to a waiting run; resolves when it has been accepted as the first valid one.
 * Throws AppError PROMPT_NOT_FOUND, PROMPT_ALREADY_ANSWERED (details say by whom and when), PROMPT_CLOSED,
 * PROMPT_RESPONSE_INVALID, TEMPORAL_UNAVAILABLE (also when no worker is there; try again with the same key).
 */
export async function answerPrompt(client: Client, request: AnswerPromptRequest): Promise<AcceptedAnswer> {
  const { executionId, idempotencyKey, requestId, response, answeredBy } = request
  const answer: AnswerRequest = { requestId, response, answeredBy }
  try {
    const update = { executionId, name: handlerNames.answer, updateId: idempotencyKey }
    const result = await callUpdate<AnswerResult, AnswerRequest>(client, update, answer)
    if (result.accepted) return result
    throw new AppError(result.code, result.details, { message: result.message })
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new AppError('PROMPT_CLOSED', { requestId }, { cause: error })
    throw error
  }
}
