import { AppError } from '@millrace/shared/errors/app-error'
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { temporalWorkflowId } from '../task-queues.ts'
import { type CancelRequest, handlerNames } from '../workflow-contract.ts'
import { callTemporal } from './temporal-call.ts'

/**
 * Asks a run to stop; resolves when the request is durable, before it acts. Needs no worker to be there.
 * A run whose end is decided is not changed by it. Throws AppError EXECUTION_FINISHED, TEMPORAL_UNAVAILABLE.
 */
export async function cancelExecution(client: Client, executionId: string, request: CancelRequest): Promise<void> {
  try {
    await callTemporal(client, () =>
      client.workflow.getHandle(temporalWorkflowId(executionId)).signal<[CancelRequest]>(handlerNames.cancel, request),
    )
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new AppError('EXECUTION_FINISHED', { executionId }, { cause: error })
    throw error
  }
}
