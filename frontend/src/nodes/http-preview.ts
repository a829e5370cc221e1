import type { OutputPreview } from './output-preview-shape.ts'

/** "200 · application/json", then the body's first fields. */
export function describeHttpOutput(output: unknown): OutputPreview | null {
  if (typeof output !== 'object' || output === null) return null
  const { status, headers, body } = output as { status?: unknown; headers?: unknown; body?: unknown }
  const type =
    typeof headers === 'object' && headers !== null ? (headers as Record<string, unknown>)['content-type'] : null
  const kind = typeof type === 'string' ? (type.split(';')[0] ?? '') : ''
  const head = [typeof status === 'number' ? String(status) : '', kind].filter((part) => part !== '').join(' · ')
  const text = typeof body === 'string' ? body : body === undefined || body === null ? '' : JSON.stringify(body)
  return { text: `${head}\n${text}`.trim().slice(0, 4000), mono: true }
}
