import type { EventOwner } from '@millrace/temporal/ports'
import type { DocumentRow } from '../repositories/documents.ts'
import { newId } from '../repositories/new-id.ts'
import type { StoredFile } from './document-files.ts'

/** A stored file as a document that waits for its processing. */
export function newDocumentRow(upload: {
  owner: EventOwner
  knowledgeBaseId: string
  name: string
  mediaType: string
  file: StoredFile
  /** Without it a new one. */
  id?: string
}): DocumentRow {
  const { owner, knowledgeBaseId, name, mediaType, file, id = newId() } = upload
  return {
    id,
    knowledgeBaseId,
    workspaceId: owner.workspaceId,
    name,
    mediaType,
    bytes: file.bytes,
    sha256: file.sha256,
    storedAs: file.storedAs,
    status: 'queued',
    stage: 'queued',
    completed: 0,
    total: 0,
    percentage: 0,
    chunkCount: null,
    error: null,
    uploadedBy: owner.userId,
    createdAt: Date.now(),
    finishedAt: null,
  }
}
