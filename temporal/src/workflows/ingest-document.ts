import { CancellationScope, isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { DocumentTask, KnowledgeActivities, WorkStage } from '../activities/knowledge-activities.ts'
import type { IngestDocumentInput } from '../workflow-contract.ts'
import { describeEffectFailure } from './effect-failure.ts'

const { runStage } = proxyActivities<Pick<KnowledgeActivities, 'runStage'>>({
  // The longest stage is the embedding of a large document by a slow model.
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: 4000,
  // Enough to outlive a provider's bad hour; what cannot succeed says so itself.
  retry: { maximumAttempts: 15, initialInterval: 500, backoffCoefficient: 2, maximumInterval: 60_000 },
})

const { announceCompleted, announceFailed } = proxyActivities<
  Pick<KnowledgeActivities, 'announceCompleted' | 'announceFailed'>
>({
  startToCloseTimeout: 10_000,
  retry: { initialInterval: 50, backoffCoefficient: 2, maximumInterval: 5000 },
})

const stages: WorkStage[] = ['extracting', 'splitting', 'embedding', 'indexing']

/** Takes one document through its stages. Ends with `kb:document:completed` or `failed`; a cancelled one belongs to a document that is being deleted and ends silently. */
export async function ingestDocument({ owner, document }: IngestDocumentInput): Promise<void> {
  const { runId, startTime } = workflowInfo()
  const task: DocumentTask = { owner, document, runId }
  let stage: WorkStage = 'extracting'
  let chunkCount = 0
  try {
    for (stage of stages) chunkCount = (await runStage({ ...task, stage })).chunkCount
  } catch (failure) {
    if (isCancellation(failure)) throw failure
    const { error } = describeEffectFailure(failure)
    return CancellationScope.nonCancellable(() => announceFailed(task, { stage, error }))
  }
  return CancellationScope.nonCancellable(() => announceCompleted(task, { chunkCount, startedAt: startTime.getTime() }))
}
