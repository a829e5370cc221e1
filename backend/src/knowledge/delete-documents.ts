import { AppError } from '@millrace/shared/errors/app-error'
import { eventId } from '@millrace/shared/events/event-id'
import type { EventOwner } from '@millrace/temporal/ports'
import { type DocumentPlace, type DocumentRow, deleteDocument, listDocuments } from '../repositories/documents.ts'
import { deleteKnowledgeBase } from '../repositories/knowledge-bases.ts'
import type { KnowledgeServices } from './knowledge-services.ts'

/** Documents of one knowledge base are at most 10,000, see `uploadDocuments`. */
const documentsMax = 10_000
const eventsPerAppend = 200

/** Removes a document with its passages and its file, and stops its processing. Throws AppError DOCUMENT_NOT_FOUND. */
export async function removeDocument(
  services: KnowledgeServices,
  owner: EventOwner,
  place: DocumentPlace,
): Promise<void> {
  const row = await deleteDocument(services.database.orm, place)
  if (row === null) throw new AppError('DOCUMENT_NOT_FOUND', { documentId: place.documentId })
  await clearUp(services, owner, [row])
}

/** Removes a knowledge base with everything in it. Throws AppError KNOWLEDGE_BASE_NOT_FOUND. */
export async function removeKnowledgeBase(
  services: KnowledgeServices,
  owner: EventOwner,
  knowledgeBaseId: string,
): Promise<void> {
  const { workspaceId } = owner
  const rows = await services.database.transaction(async (tx) => {
    const inside = await listDocuments(tx, { workspaceId, knowledgeBaseId }, { limit: documentsMax, after: null })
    return (await deleteKnowledgeBase(tx, workspaceId, knowledgeBaseId)) ? inside : null
  })
  if (rows === null) throw new AppError('KNOWLEDGE_BASE_NOT_FOUND', { knowledgeBaseId })
  await clearUp(services, owner, rows)
}

/** What is left to do once the rows are gone. A processing that cannot be stopped now ends by itself: it finds no document. */
async function clearUp(
  { cancelIngestion, files, events, logger }: KnowledgeServices,
  owner: EventOwner,
  rows: DocumentRow[],
): Promise<void> {
  for (const { id, status, storedAs } of rows) {
    if (status === 'queued' || status === 'processing') {
      try {
        await cancelIngestion(id)
      } catch (error) {
        logger.warn({ documentId: id, err: error }, 'the processing of a deleted document could not be stopped')
      }
    }
    await files.remove(storedAs)
  }
  const type = 'kb:document:deleted'
  const drafts = rows.map(({ id, knowledgeBaseId, name }) => ({
    type: 'kb:document:deleted' as const,
    eventId: eventId({ nodePath: id, type }),
    timestamp: Date.now(),
    knowledgeBaseId,
    documentId: id,
    documentName: name,
  }))
  for (let start = 0; start < drafts.length; start += eventsPerAppend)
    await events.append(owner, drafts.slice(start, start + eventsPerAppend))
}
