/** Names of task queues; the only place they are spelled. */
export const taskQueues = {
  /** Runs of workflows and the effects of their nodes. */
  engine: 'millrace-engine',
  /** Documents: heavy on the processor, so on their own queue with few slots. */
  knowledge: 'millrace-knowledge',
} as const

/** The one mapping from our id to Temporal's. */
export function temporalWorkflowId(executionId: string): string {
  return `execution:${executionId}`
}

/** One processing of a document; a repeated one ends the former. */
export function documentWorkflowId(documentId: string): string {
  return `document:${documentId}`
}
