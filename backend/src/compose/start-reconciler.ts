import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import type { WorkflowEventEmitter } from '../events/workflow-event-emitter.ts'
import type { Database } from '../repositories/database.ts'
import { listUnfinishedDocuments } from '../repositories/documents.ts'
import { listOpenExecutions, loadStart } from '../repositories/executions.ts'
import { Reconciler } from '../temporal/reconciler.ts'
import { rotatePages } from '../temporal/rotate-pages.ts'
import type { Closers } from './closers.ts'

/** Looked at in one pass, the most silent first; the next pass goes on with those after them. */
const perPassMax = 500

/** Speaks for runs and documents whose worker or server died. Any number of processes may do it: repairs are idempotent. */
export function startReconciler(
  { client, database, emitter }: { client: Client; database: Database; emitter: WorkflowEventEmitter },
  closers: Closers,
  logger: Logger,
): void {
  const reconciler = new Reconciler({
    client,
    events: emitter,
    logger,
    listOpenExecutions: rotatePages(perPassMax, (after, limit) => listOpenExecutions(database.orm, limit, after)),
    loadStart: (executionId) => loadStart(database.orm, executionId),
    async listOpenDocuments() {
      const rows = await listUnfinishedDocuments(database.orm, perPassMax)
      return rows.map((row) => ({
        owner: { workspaceId: row.workspaceId, userId: row.uploadedBy },
        document: { knowledgeBaseId: row.knowledgeBaseId, documentId: row.id, documentName: row.name },
        createdAt: row.createdAt,
      }))
    },
  })
  reconciler.start()
  closers.push('reconciler', () => reconciler.stop())
}
