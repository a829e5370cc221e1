import type { Readable } from 'node:stream'
import { uploadLimits } from '@millrace/shared/api/knowledge'
import { AppError, toErrorBody } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import type { EventOwner } from '@millrace/temporal/ports'
import { isConnectionError } from '../repositories/connection-error.ts'
import { countDocuments, type DocumentRow, insertDocuments } from '../repositories/documents.ts'
import { documentKindOf, mediaTypes } from './document-kinds.ts'
import { newDocumentRow } from './document-row.ts'
import { idOfRequest } from './id-of-request.ts'
import type { KnowledgeServices } from './knowledge-services.ts'
import { startIngestions } from './start-ingestions.ts'

/** A file on its way in. `truncated` is true once the stream has ended at the limit of its size. */
export interface IncomingFile {
  name: string
  content: Readable & { truncated?: boolean }
}

export interface UploadTarget {
  owner: EventOwner
  knowledgeBaseId: string
  idempotencySeed: string | null
}

export interface UploadOutcome {
  accepted: DocumentRow[]
  refused: { name: string; code: string; message: string }[]
}

/** Bounds the lists of one knowledge base. */
const documentsPerBaseMax = 10_000

/**
 * Stores files and starts their processing; each is accepted or refused by itself. When the upload breaks off,
 * nothing of it is kept. Throws AppError INVALID_INPUT when there is no file at all.
 */
export async function uploadDocuments(
  services: KnowledgeServices,
  target: UploadTarget,
  incoming: AsyncIterable<IncomingFile>,
): Promise<UploadOutcome> {
  const rows: DocumentRow[] = []
  const refused: UploadOutcome['refused'] = []
  let roomLeft = documentsPerBaseMax - (await countDocuments(services.database.orm, target.knowledgeBaseId))
  try {
    for await (const file of incoming) {
      const name = displayName(file.name)
      try {
        if (rows.length + refused.length >= uploadLimits.filesPerUploadMax) {
          throw new AppError('PAYLOAD_TOO_LARGE', undefined, {
            message: `One upload takes up to ${uploadLimits.filesPerUploadMax} files.`,
          })
        }
        if (roomLeft-- <= 0)
          throw new AppError('PAYLOAD_TOO_LARGE', undefined, {
            message: 'The knowledge base has as many documents as it may have.',
          })
        rows.push(await receive(services, target, { name, content: file.content, place: rows.length + refused.length }))
      } catch (error) {
        // The rest of a refused file still has to pass, or the next one never comes.
        file.content.resume()
        refused.push({ name, ...refusalOf(error) })
      }
    }
    if (rows.length + refused.length === 0) {
      throw new AppError(
        'INVALID_INPUT',
        { field: 'files' },
        { message: 'Choose at least one file, in the field "files".' },
      )
    }
  } catch (error) {
    await removeFiles(services, rows)
    throw error
  }
  return { accepted: await keep(services, rows), refused }
}

async function receive(
  { files }: KnowledgeServices,
  { owner, knowledgeBaseId, idempotencySeed }: UploadTarget,
  { name, content, place }: { name: string; content: IncomingFile['content']; place: number },
): Promise<DocumentRow> {
  const file = await files.receive(content)
  try {
    if (content.truncated === true) {
      const megabytes = Math.floor(uploadLimits.fileBytesMax / 1024 / 1024)
      throw new AppError('PAYLOAD_TOO_LARGE', undefined, { message: `A file may have up to ${megabytes} MB.` })
    }
    if (file.bytes === 0) throw new AppError('DOCUMENT_EMPTY')
    const mediaType = mediaTypes[await documentKindOf(name, file.head)]
    return newDocumentRow({ owner, knowledgeBaseId, name, mediaType, file, id: idOfRequest(idempotencySeed, place) })
  } catch (error) {
    await files.remove(file.storedAs)
    throw error
  }
}

/** A repeated request finds its documents there already; the files that came with it again are not needed. */
async function keep(services: KnowledgeServices, rows: DocumentRow[]): Promise<DocumentRow[]> {
  const inserted = await insertDocuments(services.database.orm, rows).catch(async (error: unknown) => {
    // A lost database may have stored the rows, and the next try with the key finds them: their files stay. Those that
    // no row names go with housekeeping.
    if (!isConnectionError(error)) await removeFiles(services, rows)
    throw error
  })
  const isNew = new Set(inserted.map(({ id }) => id))
  await removeFiles(
    services,
    rows.filter(({ id }) => !isNew.has(id)),
  )
  await startIngestions(services, rows)
  return rows
}

async function removeFiles({ files }: KnowledgeServices, rows: DocumentRow[]): Promise<void> {
  for (const { storedAs } of rows) await files.remove(storedAs)
}

/** Refusals of a file; anything else concerns the whole upload and is thrown on. */
function refusalOf(error: unknown): { code: string; message: string } {
  const { code, message } = toErrorBody(error)
  if (code === 'INTERNAL' || errorCatalogue[code].httpStatus >= 500) throw error
  return { code, message }
}

const nameCharactersMax = 200

/** For people to read; where the file is stored has nothing to do with it. */
function displayName(name: string): string {
  const plain = name
    .normalize('NFC')
    .toWellFormed()
    .replace(/^.*[\\/]/, '')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
  if (plain.length <= nameCharactersMax) return plain || 'document'
  // The end tells the kind.
  return `${plain.slice(0, nameCharactersMax - 20).toWellFormed()}…${plain.slice(-19).toWellFormed()}`
}
