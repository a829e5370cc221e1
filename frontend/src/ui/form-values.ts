import type { FormField } from '@millrace/shared/nodes/field'

/** What a person has typed so far, by field: text for everything but switches. */
export type FormDraft = Record<string, string | boolean>

export function fieldLabel(field: FormField): string {
  return field.label === '' ? field.name : field.label
}

/** A draft that begins with the fields' defaults. */
export function initialDraft(fields: readonly FormField[]): FormDraft {
  return Object.fromEntries(fields.map((field) => [field.name, initialValue(field)]))
}

function initialValue(field: FormField): string | boolean {
  if (field.type === 'boolean') return field.default === true
  if (field.default === undefined || field.default === null) return ''
  if (field.type === 'json' || typeof field.default === 'object') return JSON.stringify(field.default, null, 2)
  return String(field.default as string | number | boolean)
}

export interface ReadForm {
  /** Typed values; an optional field left empty is absent. */
  values: Record<string, unknown>
  /** By field, in words for the person; empty when all fit. */
  errors: Record<string, string>
}

/** Reads a draft by the fields' types and bounds. The server checks again. */
export function readForm(fields: readonly FormField[], draft: FormDraft): ReadForm {
  const values: Record<string, unknown> = {}
  const errors: Record<string, string> = {}
  for (const field of fields) {
    const raw = draft[field.name] ?? initialValue(field)
    if (typeof raw === 'boolean') {
      values[field.name] = raw
      continue
    }
    if (raw.trim() === '') {
      if (field.required) errors[field.name] = `Enter ${fieldLabel(field).toLowerCase()}.`
      continue
    }
    const read = readValue(field, raw)
    if ('error' in read) errors[field.name] = read.error
    else values[field.name] = read.value
  }
  return { values, errors }
}

function readValue(field: FormField, raw: string): { value: unknown } | { error: string } {
  if (field.type === 'number') {
    const value = Number(raw.trim())
    if (!Number.isFinite(value)) return { error: 'Enter a number.' }
    if (field.min !== undefined && value < field.min) return { error: `At least ${field.min}.` }
    if (field.max !== undefined && value > field.max) return { error: `At most ${field.max}.` }
    return { value }
  }
  if (field.type === 'json') {
    try {
      return { value: JSON.parse(raw) as unknown }
    } catch {
      return { error: 'This is not valid JSON.' }
    }
  }
  if (field.maxLength !== undefined && raw.length > field.maxLength)
    return { error: `At most ${field.maxLength} characters.` }
  return { value: raw }
}
