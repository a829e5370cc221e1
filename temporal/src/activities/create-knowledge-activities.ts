import { eventId } from '@millrace/shared/events/event-id'
import { Context } from '@temporalio/activity'
import { toApplicationFailure } from '../application-failure.ts'
import type { DocumentPort, EnginePorts, StageControl } from '../ports.ts'
import { DocumentProgress } from './document-progress.ts'
import { startHeartbeats } from './heartbeats.ts'
import type { KnowledgeActivities, StageTask, WorkStage } from './knowledge-activities.ts'

type KnowledgePorts = Pick<EnginePorts, 'events' | 'documents'>

/** As the workflow schedules the stages: a worker that is silent for longer is lost. */
const heartbeatTimeoutMs = 4000

/** The activities of the queue `knowledge`, bound to the world. */
export function createKnowledgeActivities({ events, documents }: KnowledgePorts): KnowledgeActivities {
  return {
    runStage: (task) => runStage({ events, documents }, task),
    async announceCompleted({ owner, document, runId }, { chunkCount, startedAt }) {
      const type = 'kb:document:completed'
      const timestamp = Date.now()
      await events.append(owner, [
        {
          type,
          eventId: eventId({ nodePath: document.documentId, type, ordinal: runId }),
          timestamp,
          ...document,
          chunkCount,
          duration: Math.max(0, timestamp - startedAt),
        },
      ])
    },
    async announceFailed({ owner, document, runId }, { stage, error }) {
      const type = 'kb:document:failed'
      await events.append(owner, [
        {
          type,
          eventId: eventId({ nodePath: document.documentId, type, ordinal: runId }),
          timestamp: Date.now(),
          ...document,
          stage,
          error,
        },
      ])
    },
  }
}

async function runStage({ events, documents }: KnowledgePorts, task: StageTask): Promise<{ chunkCount: number }> {
  const { cancellationSignal } = Context.current()
  const heartbeats = startHeartbeats(heartbeatTimeoutMs, null)
  const progress = new DocumentProgress(events, task, cancellationSignal)
  try {
    await progress.advance(0, 0)
    const chunkCount = await stages[task.stage](documents, task.document.documentId, {
      signal: cancellationSignal,
      onProgress: (completed, total) => progress.advance(completed, total),
    })
    return { chunkCount }
  } catch (error) {
    if (cancellationSignal.aborted) throw cancellationSignal.reason
    throw toApplicationFailure(error)
  } finally {
    heartbeats.stop()
  }
}

type Stage = (documents: DocumentPort, documentId: string, control: StageControl) => Promise<number>

const stages: Record<WorkStage, Stage> = {
  extracting: async (documents, id, control) => {
    await documents.extract(id, control)
    return 0
  },
  splitting: async (documents, id, control) => (await documents.split(id, control)).chunkCount,
  embedding: async (documents, id, control) => (await documents.embed(id, control)).chunkCount,
  indexing: async (documents, id, control) => (await documents.index(id, control)).chunkCount,
}
