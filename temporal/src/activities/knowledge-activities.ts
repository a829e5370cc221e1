import type { EventError } from '@millrace/shared/events/envelope'
import type { DocumentStage } from '@millrace/shared/events/kb'
import type { EventOwner } from '../ports.ts'
import type { DocumentAddress } from '../workflow-contract.ts'

/** Stages that do work, in order. */
export type WorkStage = Exclude<DocumentStage, 'queued'>

/** Activities of the queue `knowledge`, as workflow code calls them. Implemented by `createKnowledgeActivities`. */
export interface KnowledgeActivities {
  /** Goes on where the stored work ends. Resolves with the number of passages, 0 where the stage makes none. */
  runStage(task: StageTask): Promise<{ chunkCount: number }>
  announceCompleted(task: DocumentTask, result: { chunkCount: number; startedAt: number }): Promise<void>
  announceFailed(task: DocumentTask, failure: { stage: WorkStage; error: EventError }): Promise<void>
}

export interface DocumentTask {
  owner: EventOwner
  document: DocumentAddress
  /** Identity of this processing of the document, part of every event id. */
  runId: string
}

export interface StageTask extends DocumentTask {
  stage: WorkStage
}
