/** What a shell reports for a process ended by Ctrl-C. */
export const INTERRUPTED_EXIT_CODE = 130
/**
 * One Ctrl-C can arrive twice: from the terminal and again from npm, which passes signals on to its scripts. Signals
 * closer together than this are one; a person who means it twice is slower.
 */
const SAME_SIGNAL_WITHIN_MS = 300
/** Fast enough for somebody who waits for the port to become free again. */
const PARENT_CHECK_INTERVAL_MS = 500

/**
 * Calls `handler` once per signal a person or a supervisor sent. Under npm the end of the shell around the script
 * counts as SIGTERM: whoever terminates npm terminates that shell, and nobody tells the script.
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
  const unwatchParent = process.env.npm_lifecycle_event ? watchParent(() => listen('SIGTERM')) : () => {}
  return () => {
    unwatchParent()
    for (const name of names) process.off(name, listen)
  }
}

function watchParent(onGone) {
  const parentId = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parentId) return
    clearInterval(timer)
    onGone()
  }, PARENT_CHECK_INTERVAL_MS)
  timer.unref()
  return () => clearInterval(timer)
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
