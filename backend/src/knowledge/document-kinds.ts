import { extname } from 'node:path'
import { AppError } from '@millrace/shared/errors/app-error'
import { fileTypeFromBuffer } from 'file-type'

export type DocumentKind = 'text' | 'markdown' | 'html' | 'pdf' | 'docx' | 'csv'

export const mediaTypes: Record<DocumentKind, string> = {
  text: 'text/plain',
  markdown: 'text/markdown',
  html: 'text/html',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  csv: 'text/csv',
}

const kindByExtension: Record<string, DocumentKind> = {
  '.txt': 'text',
  '.text': 'text',
  '.log': 'text',
  '': 'text',
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.html': 'html',
  '.htm': 'html',
  '.xhtml': 'html',
  '.pdf': 'pdf',
  '.docx': 'docx',
  '.csv': 'csv',
  '.tsv': 'csv',
}

/** What file-type needs of the beginning of a file. */
export const headBytes = 4100

/** Kinds whose first bytes file-type may name without a contradiction to a text file's extension. */
const textLikeTypes = new Set(['application/xml', 'text/html', 'text/calendar', 'text/vcard'])

/**
 * The kind of a file by its first bytes and its name; what the client claims does not count.
 * Throws AppError UNSUPPORTED_DOCUMENT.
 */
export async function documentKindOf(name: string, head: Buffer): Promise<DocumentKind> {
  const byName = kindByExtension[extname(name).toLowerCase()]
  const byBytes = await kindByBytes(head)
  // A pdf or docx under another name is still one; a damaged one is told apart when it is read.
  if (byBytes === 'pdf' || byBytes === 'docx') return byBytes
  if (byName === 'pdf' || byName === 'docx') return byName
  if (byName === undefined || byBytes === 'binary') throw new AppError('UNSUPPORTED_DOCUMENT', { name })
  return byName
}

export function kindOfMediaType(mediaType: string): DocumentKind {
  const kind = (Object.keys(mediaTypes) as DocumentKind[]).find((candidate) => mediaTypes[candidate] === mediaType)
  if (kind === undefined) throw new AppError('UNSUPPORTED_DOCUMENT', { mediaType })
  return kind
}

async function kindByBytes(head: Buffer): Promise<'pdf' | 'docx' | 'binary' | 'text'> {
  if (startsWithUtf16Mark(head)) return 'text'
  const found = await fileTypeFromBuffer(head)
  if (found?.mime === mediaTypes.pdf) return 'pdf'
  if (found?.mime === mediaTypes.docx) return 'docx'
  if (found !== undefined && !textLikeTypes.has(found.mime)) return 'binary'
  // Texts have no NUL; what has no known beginning and many of them is something else.
  return head.includes(0) ? 'binary' : 'text'
}

function startsWithUtf16Mark(head: Buffer): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
}
