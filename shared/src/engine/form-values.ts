import type { Json, JsonObject } from '../json.ts'
import type { FormField } from '../nodes/field.ts'
import { engineLimits } from './engine-limits.ts'

export interface FieldProblem {
  field: string
  message: string
}

export type FormResult = { ok: true; values: JsonObject } | { ok: false; problems: FieldProblem[] }

/**
 * Values of a form, liberal in form: texts become numbers and booleans where the field wants them, missing fields get
 * their default, or an empty value so that expressions find every field. Fields that the form does not know are kept.
 */
export function readForm(fields: readonly FormField[], input: JsonObject): FormResult {
  const problems: FieldProblem[] = []
  const known = fields.map((field): [string, Json] => {
    const given = Object.hasOwn(input, field.name) ? input[field.name] : undefined
    const value = given === undefined || given === null || given === '' ? ((field.default ?? null) as Json) : given
    const read = value === null || value === '' ? readMissing(field) : readValue(field, value)
    if ('message' in read) problems.push({ field: field.name, message: read.message })
    return [field.name, 'value' in read ? read.value : null]
  })
  if (problems.length > 0) return { ok: false, problems }
  const names = new Set(fields.map(({ name }) => name))
  const others = Object.entries(input).filter(([name]) => !names.has(name) && name !== '__proto__')
  return { ok: true, values: Object.fromEntries([...known, ...others]) }
}

type Read = { value: Json } | { message: string }

function readMissing({ name, label, type, required }: FormField): Read {
  if (required) return { message: `${label || name} is required.` }
  if (type === 'boolean') return { value: false }
  return { value: type === 'number' || type === 'json' ? null : '' }
}

function readValue(field: FormField, value: Json): Read {
  const label = field.label || field.name
  switch (field.type) {
    case 'number':
      return readNumber(field, value, label)
    case 'boolean':
      return readBoolean(value, label)
    case 'json':
      return typeof value === 'string' ? readJson(value, label) : { value }
    case 'select':
      return field.options?.includes(String(value))
        ? { value: String(value) }
        : { message: `${label} must be one of: ${(field.options ?? []).join(', ')}.` }
    default:
      return readText(field, value, label)
  }
}

function readNumber({ min, max }: FormField, value: Json, label: string): Read {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  if (!Number.isFinite(number)) return { message: `${label} must be a number.` }
  if (min !== undefined && number < min) return { message: `${label} must be at least ${min}.` }
  if (max !== undefined && number > max) return { message: `${label} must be at most ${max}.` }
  return { value: number }
}

function readBoolean(value: Json, label: string): Read {
  if (typeof value === 'boolean') return { value }
  if (value === 'true' || value === 'on' || value === 'yes' || value === 1 || value === '1') return { value: true }
  if (value === 'false' || value === 'off' || value === 'no' || value === 0 || value === '0') return { value: false }
  return { message: `${label} must be true or false.` }
}

function readJson(text: string, label: string): Read {
  try {
    return { value: JSON.parse(text) as Json }
  } catch {
    return { message: `${label} must be valid JSON.` }
  }
}

function readText({ maxLength = engineLimits.answerTextCharactersMax }: FormField, value: Json, label: string): Read {
  if (typeof value === 'object') return { message: `${label} must be a text.` }
  const text = String(value)
  return text.length > maxLength
    ? { message: `${label} may be at most ${maxLength} characters long.` }
    : { value: text }
}
