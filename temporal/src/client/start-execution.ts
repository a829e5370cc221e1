import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { taskQueues, temporalWorkflowId } from '../task-queues.ts'
import { type ExecuteGraphInput, workflowTypes } from '../workflow-contract.ts'
import { callTemporal } from './temporal-call.ts'

/**
 * How long the server waits for a worker that took a workflow task before it hands the task to another.
 * Part of the time a run stands still when its worker is killed; a task of ours takes milliseconds.
 */
export const workflowTaskTimeoutMs = 2000

/**
 * Starts the workflow of an execution. Idempotent by execution id, also after it has ended: a second
 * start changes nothing. Throws AppError TEMPORAL_UNAVAILABLE.
 */
export async function startExecution(client: Client, input: ExecuteGraphInput): Promise<{ isNew: boolean }> {
  try {
    await callTemporal(client, () =>
      client.workflow.start(workflowTypes.executeGraph, {
        workflowId: temporalWorkflowId(input.executionId),
        taskQueue: taskQueues.engine,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowTaskTimeout: workflowTaskTimeoutMs,
        // The first task goes straight to the worker that shares this connection, where there is one.
        requestEagerStart: 'supportsEagerStart' in client.connection && client.connection.supportsEagerStart === true,
        staticSummary: input.plan.workflowName,
      }),
    )
    return { isNew: true }
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { isNew: false }
    throw error
  }
}
