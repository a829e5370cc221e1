import { createReadStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { EventOwner } from '@millrace/temporal/ports'
import { type DocumentRow, insertDocuments } from '../repositories/documents.ts'
import { findKnowledgeBase, insertKnowledgeBase } from '../repositories/knowledge-bases.ts'
import { type DocumentKind, mediaTypes } from './document-kinds.ts'
import { newDocumentRow } from './document-row.ts'
import type { KnowledgeServices } from './knowledge-services.ts'
import { startIngestions } from './start-ingestions.ts'

const folder = new URL('./samples/', import.meta.url)

/** About a flooring company that does not exist. One of every kind. */
const samples: { name: string; kind: DocumentKind }[] = [
  { name: 'delivery-terms.md', kind: 'markdown' },
  { name: 'price-list.csv', kind: 'csv' },
  { name: 'care-guide.html', kind: 'html' },
  { name: 'returns.pdf', kind: 'pdf' },
  { name: 'opening-hours.txt', kind: 'text' },
  { name: 'faq.docx', kind: 'docx' },
]

/** The same in every process, so that it is made once. */
export function sampleKnowledgeBaseId(workspaceId: string): string {
  return `samples-${workspaceId}`
}

/**
 * Makes the knowledge base "Sample documents" of a workspace unless it is there, and starts the processing of its
 * files. Returns its id. One that was deleted is made anew, for templates search in it.
 */
export async function ensureSampleKnowledgeBase(services: KnowledgeServices, owner: EventOwner): Promise<string> {
  const id = sampleKnowledgeBaseId(owner.workspaceId)
  const { database, files, embeddings } = services
  if ((await findKnowledgeBase(database.orm, owner.workspaceId, id)) !== null) return id
  const rows: DocumentRow[] = []
  for (const { name, kind } of samples) {
    const file = await files.receive(createReadStream(fileURLToPath(new URL(name, folder))))
    rows.push(newDocumentRow({ owner, knowledgeBaseId: id, name, mediaType: mediaTypes[kind], file }))
  }
  const isNew = await database.transaction(async (tx) => {
    const inserted = await insertKnowledgeBase(tx, {
      id,
      workspaceId: owner.workspaceId,
      name: 'Sample documents',
      description: 'Six files of Oakline, a flooring company that does not exist.',
      embeddingModel: embeddings.current.name,
      dimensions: embeddings.current.dimensions,
      createdBy: owner.userId,
      createdAt: Date.now(),
    })
    if (inserted) await insertDocuments(tx, rows)
    return inserted
  })
  if (isNew) await startIngestions(services, rows)
  else for (const { storedAs } of rows) await files.remove(storedAs)
  return id
}
