import type { DocumentSection } from '../../repositories/schema/knowledge.ts'

const headingLevels = 6
/** Above this a document is split at its paragraphs only: headings of that number are no headings. */
const sectionsMax = 20_000

/**
 * The parts of a markdown text, each with the path of the headings above it. Lines inside code fences are never
 * headings. A heading's own line is in the path, not in the text.
 */
export function markdownSections(markdown: string): DocumentSection[] {
  const sections: DocumentSection[] = []
  const path: string[] = []
  let lines: string[] = []
  let fence: string | null = null
  const close = () => {
    const text = lines.join('\n').trim()
    const heading = path.filter(Boolean).join(' > ')
    if (text !== '') sections.push(heading === '' ? { text } : { heading, text })
    lines = []
  }
  for (const line of withoutFrontMatter(markdown).split('\n')) {
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1]
    if (mark !== undefined) fence = fence === null ? mark.slice(0, 3) : mark.startsWith(fence) ? null : fence
    const heading =
      fence === null && mark === undefined && sections.length < sectionsMax
        ? /^ {0,3}(#{1,6})[ \t]+(.+?)[ \t#]*$/.exec(line)
        : null
    if (heading === null) {
      lines.push(line)
      continue
    }
    close()
    const level = heading[1]?.length ?? headingLevels
    path.length = level - 1
    path[level - 1] = plainHeading(heading[2] ?? '')
  }
  close()
  return sections
}

function plainHeading(text: string): string {
  return text
    .replace(/[*_`]+/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .slice(0, 200)
    .trim()
}

function withoutFrontMatter(markdown: string): string {
  return markdown.replace(/^---\n[\s\S]*?\n---\n/, '')
}
