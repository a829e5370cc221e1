import { z } from 'zod'

/** Names of form fields and output fields: reachable as `start.name` in every expression. */
export const FieldName = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/, 'Use letters, digits and _, beginning with a letter.')

/** One field of a typed form: a run's input, or a question to a person. */
export const FormField = z.strictObject({
  name: FieldName,
  label: z.string().max(120).default(''),
  type: z.enum(['text', 'textarea', 'number', 'boolean', 'select', 'json']).default('text'),
  required: z.boolean().default(false),
  help: z.string().max(500).optional(),
  options: z.array(z.string().min(1).max(200)).max(100).optional(),
  default: z.unknown().optional(),
  /** Longest text, in characters. */
  maxLength: z.int().min(1).max(100_000).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
})
export type FormField = z.output<typeof FormField>
