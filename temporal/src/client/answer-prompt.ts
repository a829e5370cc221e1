import { AppError } from '@millrace/shared/errors/app-error'
import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { toAppError } from '../application-failure.ts'
import { temporalWorkflowId } from '../task-queues.ts'
import { type AnswerRequest, type AnswerResult, handlerNames } from '../workflow-contract.ts'
import { callTemporal } from './temporal-call.ts'

export interface AnswerPromptRequest extends AnswerRequest {
  executionId: string
  /** The caller's; a repeated call with it gets the first call's result. */
  idempotencyKey: string
}

export type AcceptedAnswer = Extract<AnswerResult, { accepted: true }>

/** An update that meets the change to a fresh history is refused once, by the history that ends. */
const callsMax = 3

/**
 * Gives an answer to a waiting run; resolves when it has been accepted as the first valid one.
 * Throws AppError PROMPT_NOT_FOUND, PROMPT_ALREADY_ANSWERED (details say by whom and when), PROMPT_CLOSED,
 * PROMPT_RESPONSE_INVALID, TEMPORAL_UNAVAILABLE (also when no worker is there; try again with the same key).
 */
export async function answerPrompt(client: Client, request: AnswerPromptRequest): Promise<AcceptedAnswer> {
  const { executionId, idempotencyKey, requestId, response, answeredBy } = request
  const handle = client.workflow.getHandle(temporalWorkflowId(executionId))
  const answer: AnswerRequest = { requestId, response, answeredBy }
  for (let call = 1; ; call += 1) {
    try {
      const result = await callTemporal(client, () =>
        handle.executeUpdate<AnswerResult, [AnswerRequest]>(handlerNames.answer, {
          args: [answer],
          updateId: idempotencyKey,
        }),
      )
      if (result.accepted) return result
      throw new AppError(result.code, result.details, { message: result.message })
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError) {
        const refusal = toAppError(error.cause)
        if (refusal.code !== 'INTERNAL' || call >= callsMax) throw refusal
        continue
      }
      if (error instanceof WorkflowNotFoundError) throw new AppError('PROMPT_CLOSED', { requestId }, { cause: error })
      throw error
    }
  }
}
