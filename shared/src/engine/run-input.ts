import type { JsonObject } from '../json.ts'
import type { FormField } from '../nodes/field.ts'
import { engineLimits } from './engine-limits.ts'
import { type FieldProblem, readForm } from './form-values.ts'
import { jsonBytes } from './json-size.ts'
import type { Plan } from './plan.ts'

export type RunInputResult = { ok: true; input: JsonObject } | { ok: false; problems: FieldProblem[] }

/**
 * A run's input by the fields of its start node: coerced, defaults filled in, unknown fields kept. Anything but an
 * object, and one larger than `engineLimits.inputBytesMax`, is a problem of the whole (`field` is empty).
 */
export function validateRunInput(fields: readonly FormField[], input: unknown): RunInputResult {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return { ok: false, problems: [{ field: '', message: 'The input must be an object.' }] }
  const result = readForm(fields, input as JsonObject)
  if (!result.ok) return result
  if (jsonBytes(result.values) > engineLimits.inputBytesMax) {
    return {
      ok: false,
      problems: [{ field: '', message: `The input may have ${engineLimits.inputBytesMax / 1024} KiB.` }],
    }
  }
  return { ok: true, input: result.values }
}

/** The form that a run of this plan begins with. */
export function inputFieldsOf(plan: Plan): FormField[] {
  const start = plan.nodes.find(({ kind }) => kind === 'trigger')
  return (start?.config.fields ?? []) as unknown as FormField[]
}
