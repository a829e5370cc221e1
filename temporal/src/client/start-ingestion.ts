import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import { documentWorkflowId, taskQueues } from '../task-queues.ts'
import { type IngestDocumentInput, workflowTypes } from '../workflow-contract.ts'
import { workflowTaskTimeoutMs } from './start-execution.ts'
import { callTemporal } from './temporal-call.ts'

/**
 * Starts the processing of a document. While one is under way a second start changes nothing; after it
 * has ended, the document is processed anew. Throws AppError TEMPORAL_UNAVAILABLE.
 */
export async function startIngestion(client: Client, input: IngestDocumentInput): Promise<{ isNew: boolean }> {
  try {
    await callTemporal(client, () =>
      client.workflow.start(workflowTypes.ingestDocument, {
        workflowId: documentWorkflowId(input.document.documentId),
        taskQueue: taskQueues.knowledge,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowTaskTimeout: workflowTaskTimeoutMs,
        staticSummary: input.document.documentName,
      }),
    )
    return { isNew: true }
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { isNew: false }
    throw error
  }
}

/** Stops the processing of a document that is being deleted; a document that is not being processed is a success. */
export async function cancelIngestion(client: Client, documentId: string): Promise<void> {
  try {
    await callTemporal(client, () => client.workflow.getHandle(documentWorkflowId(documentId)).cancel())
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
}
