import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import type { WorkflowEventEmitter } from '../events/workflow-event-emitter.ts'
import type { Database } from '../repositories/database.ts'
import { listUnfinishedDocuments } from '../repositories/documents.ts'
import { listOpenExecutions, loadStart } from '../repositories/executions.ts'
import { Reconciler } from '../temporal/reconciler.ts'
import type { Closers } from './closers.ts'

/** Looked at in one pass, the most silent first; more are looked at in later passes. */
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
    async listOpenExecutions() {
      const rows = await listOpenExecutions(database.orm, perPassMax)
      return rows.map(({ id, ...row }) => ({ executionId: id, ...row }))
    },
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
