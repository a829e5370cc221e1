/** What a shell reports for a process ended by Ctrl-C. */
export const INTERRUPTED_EXIT_CODE = 130

/**
 * Turns Ctrl-C and SIGTERM into an AbortSignal, so that a half-done installation cleans up before the process ends.
 * A second signal ends the process at once.
 *
 * @returns {{ signal: AbortSignal, release: () => void }} after `release` signals have their usual effect again
 */
export function abortOnInterrupt() {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE)
    controller.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  const release = () => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  return { signal: controller.signal, release }
}
