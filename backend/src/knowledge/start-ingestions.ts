import type { DocumentRow } from '../repositories/documents.ts'
import { listUnfinishedDocuments } from '../repositories/documents.ts'
import type { KnowledgeServices } from './knowledge-services.ts'

/** One start-up picks up this many; the next one the rest. */
const resumedMax = 1000

type IngestionServices = Pick<KnowledgeServices, 'database' | 'startIngestion' | 'logger'>

/**
 * Starts the processing of stored documents. A start that fails is logged and leaves the document queued:
 * it is stored, and `resumeIngestions` or a person's retry starts it later.
 */
export async function startIngestions(
  { startIngestion, logger }: Omit<IngestionServices, 'database'>,
  rows: DocumentRow[],
): Promise<void> {
  for (const row of rows) {
    const document = { knowledgeBaseId: row.knowledgeBaseId, documentId: row.id, documentName: row.name }
    try {
      await startIngestion(document, { workspaceId: row.workspaceId, userId: row.uploadedBy })
    } catch (error) {
      logger.warn({ documentId: row.id, err: error }, 'the processing of a document could not be started')
    }
  }
}

/** For the start of a process: documents that nobody processes any more go on; those under way are left alone. Returns how many were looked at. */
export async function resumeIngestions(services: IngestionServices): Promise<number> {
  const rows = await listUnfinishedDocuments(services.database.orm, resumedMax)
  await startIngestions(services, rows)
  return rows.length
}
