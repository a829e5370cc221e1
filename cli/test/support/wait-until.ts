/** Polls a condition instead of sleeping for a guessed time. `describe` says what was waited for. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs, describe }: { timeoutMs: number; describe: () => string },
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for: ${describe()}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
