/** What a shell reports for a process ended by Ctrl-C. */
export const INTERRUPTED_EXIT_CODE = 130
/**
 * One Ctrl-C can arrive twice: from the terminal and again from npm, which passes signals on to its scripts. Signals
 * closer together than this are one; a person who means it twice is slower.
 */
const SAME_SIGNAL_WITHIN_MS = 300

/**
 * Calls `handler` once per signal a person or a supervisor sent.
 *
 * @param {(signalName: NodeJS.Signals, count: number) => void} handler `count` is 1 for the first
 * @returns {() => void} stops listening; signals have their usual effect again
 */
export function onInterrupt(handler) {
  let count = 0
  let lastAtMs = -Infinity
  const listen = (signalName) => {
    const nowMs = performance.now()
    const isRepeat = nowMs - lastAtMs < SAME_SIGNAL_WITHIN_MS
    lastAtMs = nowMs
    if (!isRepeat) handler(signalName, ++count)
  }
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const name of names) process.on(name, listen)
  return () => names.forEach((name) => process.off(name, listen))
}

/**
 * Turns Ctrl-C and SIGTERM into an AbortSignal, so that something half done cleans up before the process ends.
 * A second signal ends the process at once.
 *
 * @returns {{ signal: AbortSignal, release: () => void }}
 */
export function abortOnInterrupt() {
  const controller = new AbortController()
  const release = onInterrupt((_, count) => {
    if (count > 1) process.exit(INTERRUPTED_EXIT_CODE)
    controller.abort()
  })
  return { signal: controller.signal, release }
}
