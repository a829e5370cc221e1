import type { OutputPreview } from './output-preview-shape.ts'

/** The text that came with an answer, or the fields of a form. The choice itself is the way the card shows as taken. */
export function describeAnswer(output: unknown): OutputPreview | null {
  if (typeof output !== 'object' || output === null) return null
  const { choice: _choice, answered_by: by, text, ...fields } = output as Record<string, unknown>
  if (typeof text === 'string' && text !== '') return { text, mono: false }
  const lines = Object.entries(fields).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  if (lines.length > 0) return { text: lines.join('\n'), mono: false }
  return typeof by === 'string' ? { text: `answered by ${by}`, mono: false } : null
}
