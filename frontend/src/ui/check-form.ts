import type { z } from 'zod'

/** Parses what was typed; messages by field when it does not fit, the first of each field. */
export function checkForm<Schema extends z.ZodType>(
  schema: Schema,
  values: unknown,
): { data: z.output<Schema>; errors: null } | { data: null; errors: Record<string, string> } {
  const parsed = schema.safeParse(values)
  if (parsed.success) return { data: parsed.data, errors: null }
  const errors: Record<string, string> = {}
  for (const issue of parsed.error.issues) errors[issue.path.join('.')] ??= issue.message
  return { data: null, errors }
}
