/** How `JSON.stringify` writes what Postgres refuses; also found in texts that speak of such escapes, which harms nothing. */
const refusedEscape = /\\u(?:0000|d[89a-f])/

/**
 * JSON text that Postgres takes as jsonb: it refuses the character U+0000 and halves of surrogate
 * pairs, which model and web texts do contain. Both become U+FFFD.
 */
export function toJsonb(value: unknown): string {
  const text = JSON.stringify(value ?? null)
  // Nearly every text is right as it is, and looking into each string costs ten times as much.
  if (!refusedEscape.test(text)) return text
  return JSON.stringify(value, (_key, item) =>
    typeof item === 'string' ? item.replaceAll('\u0000', '\uFFFD').toWellFormed() : item,
  )
}
