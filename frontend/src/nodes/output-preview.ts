import type { NodeView } from '@millrace/shared/engine/execution-view'
import { describeAnswer } from './answer-preview.ts'
import { describeHttpOutput } from './http-preview.ts'
import type { OutputPreview } from './output-preview-shape.ts'

/** Characters of an output that a card holds: far more than it shows, so that it can be scrolled. */
export const previewCharactersMax = 8000

type Describe = (output: unknown) => OutputPreview | null

/** Types that show their output in a way of their own. */
const byType: Record<string, Describe> = {
  http: describeHttpOutput,
  prompt: describeAnswer,
  output: describeResults,
  // A start step's output is the input, a condition's is the way it took: both are told elsewhere on the card.
  start: () => null,
  condition: () => null,
}

/** What a finished card shows; null: nothing beyond its footer. */
export function previewOutput(
  nodeType: string,
  { output, outputRef }: Pick<NodeView, 'output' | 'outputRef'>,
): OutputPreview | null {
  if (outputRef !== null) return { text: outputRef.preview, mono: true }
  if (output === null || output === undefined) return null
  const own = byType[nodeType]
  return own === undefined ? describeOutput(output) : own(output)
}

/** A text is shown as a text, data as fields line by line. */
export function describeOutput(output: unknown): OutputPreview | null {
  const text = mainText(output)
  if (text !== null) return { text: withoutMarks(text.slice(0, previewCharactersMax)), mono: false }
  if (typeof output !== 'object' || output === null) return { text: String(output), mono: true }
  const lines = Object.entries(output).map(([name, value]) => `${name}: ${shortJson(value)}`)
  return lines.length === 0 ? null : { text: lines.join('\n').slice(0, previewCharactersMax), mono: true }
}

/** Markdown without its marks and empty lines: two lines of a card hold words. */
function withoutMarks(text: string): string {
  return text
    .replace(/^#{1,6}\s+/gm, '')
    .replace(/\*\*([^*\n]+)\*\*/g, '$1')
    .replace(/\n\s*\n/g, '\n')
    .trim()
}

/** Results of a run: the first text among them, for it is what the run was for. */
function describeResults(output: unknown): OutputPreview | null {
  const values = typeof output === 'object' && output !== null ? Object.values(output) : []
  const text = values.find((value) => typeof value === 'string' && value !== '')
  return typeof text === 'string'
    ? { text: withoutMarks(text.slice(0, previewCharactersMax)), mono: false }
    : describeOutput(output)
}

/** The text of an output that is one, or that mainly holds one. */
export function mainText(output: unknown): string | null {
  if (typeof output === 'string') return output
  if (typeof output !== 'object' || output === null || !('text' in output)) return null
  return typeof output.text === 'string' && output.text !== '' ? output.text : null
}

export function shortJson(value: unknown, charactersMax = 300): string {
  const json = JSON.stringify(value) ?? 'undefined'
  return json.length > charactersMax ? `${json.slice(0, charactersMax - 1)}…` : json
}
