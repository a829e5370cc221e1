import { evaluateExpression } from '@millrace/shared/engine/expressions/render-config'
import { readNames } from '@millrace/shared/graph/check-expressions'
import type { Json } from '@millrace/shared/json'
import type { RunScope } from './variables.ts'

export type Preview = { kind: 'value'; value: Json } | { kind: 'fault'; reason: string } | { kind: 'none' }

/** What an expression gives with the values of the last run. Steps that have none in that run count as empty. */
export function previewExpression(source: string, kind: 'cel' | 'template', scope: RunScope): Preview {
  if (source.trim() === '') return { kind: 'none' }
  const read = readNames({ kind, source })
  if (!read.ok) return { kind: 'fault', reason: read.reason }
  if (Object.keys(scope).length === 0 || read.names.length === 0) return { kind: 'none' }
  const filled = Object.fromEntries(read.names.map((name) => [name, scope[name] ?? {}])) as Record<string, Json>
  try {
    return { kind: 'value', value: evaluateExpression({ kind, source }, filled) }
  } catch {
    // With these values it has none; the run will say why, and whether it matters there.
    return { kind: 'none' }
  }
}
