import { AppError, InvariantError } from '@millrace/shared/errors/app-error'
import type { DocumentPort, StageControl } from '@millrace/temporal/ports'
import {
  countPassages,
  deletePassagesFrom,
  indexPassages,
  listUnembedded,
  loadSections,
  storeEmbeddings,
  storePassages,
  storeSections,
} from '../repositories/chunks.ts'
import type { Database } from '../repositories/database.ts'
import { type DocumentRow, findDocumentById } from '../repositories/documents.ts'
import { findKnowledgeBase } from '../repositories/knowledge-bases.ts'
import type { DocumentSection } from '../repositories/schema/knowledge.ts'
import type { DocumentFiles } from './document-files.ts'
import { kindOfMediaType } from './document-kinds.ts'
import type { Embedding } from './embedding/embedding.ts'
import type { Embeddings } from './embedding/embeddings.ts'
import { extractFile } from './extraction/extract-file.ts'
import type { VectorSearch } from './search/vector-search.ts'
import { splitSections } from './split-sections.ts'

export interface DocumentStagesOptions {
  database: Database
  files: DocumentFiles
  embeddings: Embeddings
  vectors: Pick<VectorSearch, 'usesPgvector'>
}

/** Passages per statement: a few hundred kilobytes, so that nobody waits long for the one connection of PGlite. */
const passagesPerStatement = 200

/** The stages of a document. Each goes on where the stored work ends, so a repeated one doubles nothing. */
export function createDocumentStages(options: DocumentStagesOptions): DocumentPort {
  const { database, files } = options
  return {
    async extract(documentId, control) {
      const document = await requireDocument(database, documentId)
      const stored = await loadSections(database.orm, documentId)
      if (stored !== null) return sizeOf(stored)
      const file = { path: files.pathOf(document.storedAs), kind: kindOfMediaType(document.mediaType) }
      const sections = await extractFile(file, control)
      await requireDocument(database, documentId)
      await storeSections(database.orm, documentId, sections)
      return sizeOf(sections)
    },

    async split(documentId, control) {
      const document = await requireDocument(database, documentId)
      const sections = await loadSections(database.orm, documentId)
      if (sections === null) throw new InvariantError(`document ${documentId} is split before it was read`)
      const rows = splitSections(sections).map((passage) => ({
        ...passage,
        context: contextOf(document, passage.metadata.heading),
      }))
      for (let start = 0; start < rows.length; start += passagesPerStatement) {
        control.signal.throwIfAborted()
        const part = rows.slice(start, start + passagesPerStatement)
        await storePassages(database.orm, { documentId, knowledgeBaseId: document.knowledgeBaseId }, part)
        await control.onProgress(start + part.length, rows.length)
      }
      await deletePassagesFrom(database.orm, documentId, rows.length)
      return { chunkCount: rows.length }
    },

    embed: (documentId, control) => embed(options, documentId, control),

    async index(documentId, control) {
      await requireDocument(database, documentId)
      const { total, embedded } = await countPassages(database.orm, documentId)
      if (embedded < total) throw new InvariantError(`document ${documentId} is indexed before it was embedded`)
      const chunkCount = await database.transaction((tx) => indexPassages(tx, documentId, Date.now()))
      await control.onProgress(chunkCount, chunkCount)
      return { chunkCount }
    },
  }
}

async function embed(
  { database, embeddings, vectors }: DocumentStagesOptions,
  documentId: string,
  control: StageControl,
): Promise<{ chunkCount: number }> {
  const document = await requireDocument(database, documentId)
  const embedding = await requireEmbedding(database, embeddings, document)
  const { total, embedded } = await countPassages(database.orm, documentId)
  let done = embedded
  for (;;) {
    control.signal.throwIfAborted()
    const passages = await listUnembedded(database.orm, documentId, embedding.batchSize)
    if (passages.length === 0) return { chunkCount: total }
    const found = await embedding.embed(
      passages.map(({ context, text }) => `${context}\n${text}`),
      control.signal,
    )
    const rows = passages.map(({ id }, index) => ({ id, embedding: found[index] ?? [] }))
    await storeEmbeddings(database.orm, rows, vectors.usesPgvector)
    done += rows.length
    await control.onProgress(Math.min(done, total), total)
  }
}

/** A document that is being deleted is gone at any moment; its processing then ends. */
async function requireDocument(database: Database, documentId: string): Promise<DocumentRow> {
  const document = await findDocumentById(database.orm, documentId)
  if (document === null) throw new AppError('DOCUMENT_NOT_FOUND', { documentId })
  return document
}

async function requireEmbedding(database: Database, embeddings: Embeddings, document: DocumentRow): Promise<Embedding> {
  const base = await findKnowledgeBase(database.orm, document.workspaceId, document.knowledgeBaseId)
  if (base === null) throw new AppError('KNOWLEDGE_BASE_NOT_FOUND', { knowledgeBaseId: document.knowledgeBaseId })
  const embedding = embeddings.byName(base.embeddingModel)
  if (embedding !== null) return embedding
  throw new AppError(
    'PROVIDER_REJECTED',
    { embeddingModel: base.embeddingModel },
    { message: 'The embedding of this knowledge base is not set up here any more.' },
  )
}

/** Words that stand above a passage rather than in it: `Delivery terms > Pallets`. */
function contextOf({ name }: DocumentRow, heading: string | undefined): string {
  const title = name.replace(/\.\w{1,8}$/, '').replace(/[-_]+/g, ' ')
  return heading === undefined ? title : `${title} > ${heading}`
}

function sizeOf(sections: DocumentSection[]): { characters: number; pages: number } {
  return {
    characters: sections.reduce((sum, { text }) => sum + text.length, 0),
    pages: sections.reduce((last, { page = 0 }) => Math.max(last, page), 0),
  }
}
