import { z } from 'zod'

/** One setting: what it takes, and the words by which docs/operations.md and .env.example describe it. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  schema: Schema
  /** As the table shows it; empty: no default. */
  defaultText: string
  doc: string
}

export function setting<Schema extends z.ZodType>(defaultText: string, doc: string, schema: Schema): Setting<Schema> {
  return { schema, defaultText, doc }
}

export const wholeBetween = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`)

export const whole = (min: number, max: number, fallback: number) => wholeBetween(min, max).default(fallback)
