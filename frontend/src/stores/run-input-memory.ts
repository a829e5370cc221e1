/** Longest remembered input, in characters; a larger one is simply not remembered. */
const charactersMax = 50_000

const keyOf = (userId: string, workflowId: string) => `millrace.input.${userId}.${workflowId}`

/** What this person entered in this browser for their last run of a workflow; null when nothing is remembered. */
export function rememberedInput(userId: string, workflowId: string): Record<string, unknown> | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(userId, workflowId)) ?? 'null')
    return typeof stored === 'object' && stored !== null && !Array.isArray(stored)
      ? (stored as Record<string, unknown>)
      : null
  } catch {
    // Storage may be forbidden, or hold something of an older kind.
    return null
  }
}

export function rememberInput(userId: string, workflowId: string, input: Record<string, unknown>): void {
  const text = JSON.stringify(input)
  if (text.length > charactersMax) return
  try {
    localStorage.setItem(keyOf(userId, workflowId), text)
  } catch {
    // The next run then starts with an empty form.
  }
}
