import mammoth from 'mammoth'
import type { DocumentSection } from '../../repositories/schema/knowledge.ts'
import type { DocumentKind } from '../document-kinds.ts'
import { csvLines } from './csv-lines.ts'
import { decodeText, storable } from './decode-text.ts'
import { extractPdf } from './extract-pdf.ts'
import type { ExtractionControl, ExtractionLimits } from './extraction-limits.ts'
import { htmlToMarkdown } from './html-to-markdown.ts'
import { markdownSections } from './markdown-sections.ts'
import { checkZipBounds } from './zip-bounds.ts'

/** Reads a file of a known kind. Runs in the extraction thread only: any of these parsers may hang or eat memory. */
export async function extractSections(
  kind: DocumentKind,
  bytes: Buffer,
  control: ExtractionControl,
): Promise<DocumentSection[]> {
  const sections = (await read(kind, bytes, control)).map((section) => ({ ...section, text: storable(section.text) }))
  const characters = sections.reduce((sum, { text }) => sum + text.length, 0)
  if (characters > control.limits.textCharactersMax) throw new Error('The file has more text than can be processed.')
  return sections.filter(({ text }) => /[\p{L}\p{N}]/u.test(text))
}

async function read(kind: DocumentKind, bytes: Buffer, control: ExtractionControl): Promise<DocumentSection[]> {
  switch (kind) {
    case 'text':
      return [{ text: decodeText(bytes).trim() }]
    case 'markdown':
      return markdownSections(decodeText(bytes))
    case 'csv':
      return [{ text: csvLines(decodeText(bytes)) }]
    case 'html':
      return htmlSections(decodeText(bytes))
    case 'docx':
      return htmlSections(await docxToHtml(bytes, control.limits))
    case 'pdf':
      return extractPdf(bytes, control)
  }
}

function htmlSections(html: string): DocumentSection[] {
  const { title, markdown } = htmlToMarkdown(html)
  const sections = markdownSections(markdown)
  // A page without headings is at least about its title.
  return title === '' || sections.some(({ heading }) => heading !== undefined)
    ? sections
    : sections.map((section) => ({ ...section, heading: title }))
}

async function docxToHtml(bytes: Buffer, limits: ExtractionLimits): Promise<string> {
  // An encrypted document is an OLE container around the real one.
  if (bytes.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0])))
    throw new Error('The file is protected with a password, or an old .doc file.')
  checkZipBounds(bytes, limits)
  const { value } = await mammoth.convertToHtml(
    { buffer: bytes },
    { convertImage: mammoth.images.imgElement(async () => ({ src: '' })), externalFileAccess: false },
  )
  return value
}
