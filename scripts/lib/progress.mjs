/** A line of progress at most this often: enough to see life, few enough to read afterwards in a log. */
const PROGRESS_INTERVAL_MS = 5_000

/** @param {number} ms @returns {string} "850 ms", "4.2 s" or "2 min 05 s" */
export function formatDuration(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.floor(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/**
 * Says every few seconds that something long is still alive. Goes to stderr, so that a script's stdout stays usable.
 *
 * @param {string} title
 * @param {() => string} [detail] what is happening right now
 * @returns {() => number} stops it and returns the elapsed milliseconds
 */
export function startProgress(title, detail = () => '') {
  const startedAt = Date.now()
  const elapsedMs = () => Date.now() - startedAt
  const timer = setInterval(() => {
    const extra = detail()
    say(`  ${title}: ${formatDuration(elapsedMs())}${extra && `, ${extra}`}`)
  }, PROGRESS_INTERVAL_MS)
  return () => (clearInterval(timer), elapsedMs())
}

/** One line for the person at the terminal. */
export function say(line) {
  process.stderr.write(`${line}\n`)
}
