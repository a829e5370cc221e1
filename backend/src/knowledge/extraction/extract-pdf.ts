import { getDocumentProxy } from 'unpdf'
import type { DocumentSection } from '../../repositories/schema/knowledge.ts'
import type { ExtractionControl } from './extraction-limits.ts'

interface TextItem {
  str: string
  hasEOL: boolean
  height: number
  transform: number[]
}

/** Text of each page that has any. Throws when the file is damaged, protected or has too many pages. */
export async function extractPdf(
  bytes: Uint8Array,
  { limits, onProgress }: ExtractionControl,
): Promise<DocumentSection[]> {
  // pdf.js takes over the bytes it is given, and evaluates nothing of the file.
  const pdf = await getDocumentProxy(new Uint8Array(bytes), { isEvalSupported: false, verbosity: 0 })
  try {
    if (pdf.numPages > limits.pagesMax) throw new Error(`The file has more than ${limits.pagesMax} pages.`)
    const sections: DocumentSection[] = []
    let characters = 0
    for (let page = 1; page <= pdf.numPages; page++) {
      const content = await (await pdf.getPage(page)).getTextContent()
      const text = pageText(content.items.filter((item): item is typeof item & TextItem => 'str' in item))
      characters += text.length
      if (characters > limits.textCharactersMax) throw new Error('The file has more text than can be processed.')
      if (text !== '') sections.push({ page, text })
      onProgress(page, pdf.numPages)
    }
    return sections
  } finally {
    await pdf.destroy()
  }
}

/** A jump down of more than this many line heights begins a paragraph. */
const paragraphGap = 1.6

/** Lines as the file has them; words that a hyphen divides at the end of a line are joined. */
function pageText(items: TextItem[]): string {
  let text = ''
  let lastY: number | null = null
  for (const item of items) {
    const y = item.transform[5] ?? 0
    const height = item.height || 10
    if (lastY !== null && text !== '' && Math.abs(lastY - y) > height * 0.5) {
      text = `${text.replace(/[ \n]+$/, '')}${Math.abs(lastY - y) > height * paragraphGap ? '\n\n' : '\n'}`
    }
    text += item.str
    if (item.str.trim() !== '') lastY = y
    if (item.hasEOL && !text.endsWith('\n')) text += '\n'
  }
  return text
    .replace(/(\p{Ll})-\n(?=\p{Ll})/gu, '$1')
    .replace(/[ \t]+/g, ' ')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
