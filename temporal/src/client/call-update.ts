import { type Client, WorkflowUpdateFailedError } from '@temporalio/client'
import { toAppError } from '../application-failure.ts'
import { temporalWorkflowId } from '../task-queues.ts'
import { callTemporal } from './temporal-call.ts'

/** An update that meets the change to a fresh history is refused once, by the history that ends. */
const callsMax = 3

/**
 * Sends an update to a run and waits for its result. Throws AppError with the code of a refusal,
 * TEMPORAL_UNAVAILABLE (also when no worker is there), and WorkflowNotFoundError for a run that has ended.
 */
export async function callUpdate<Result, Request>(
  client: Client,
  update: { executionId: string; name: string; updateId: string },
  request: Request,
): Promise<Result> {
  const { executionId, name, updateId } = update
  const handle = client.workflow.getHandle(temporalWorkflowId(executionId))
  for (let call = 1; ; call += 1) {
    try {
      return await callTemporal(client, () =>
        handle.executeUpdate<Result, [Request]>(name, { args: [request], updateId }),
      )
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error
      const refusal = toAppError(error.cause)
      if (refusal.code !== 'INTERNAL' || call >= callsMax) throw refusal
    }
  }
}
