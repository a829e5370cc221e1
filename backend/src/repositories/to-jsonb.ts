/**
 * JSON text that Postgres takes as jsonb: it refuses the character U+0000 and halves of surrogate
 * pairs, which model and web texts do contain. Both become U+FFFD.
 */
export function toJsonb(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, item) =>
    typeof item === 'string' ? item.replaceAll('\u0000', '\uFFFD').toWellFormed() : item,
  )
}
