/**
 * @typedef {{ passed: number, failed: number, skipped: number, reasons: string[] }} Counts `reasons` says what failed
 *   that no test stands for
 */

/**
 * Counts from Vitest's JSON report. Whatever keeps tests from running counts as a failure: a number that looks fine
 * because nothing ran is worse than none.
 *
 * @param {string | null} report the file's text; null when Vitest wrote none
 * @param {{ code: number, timedOut: boolean }} run how Vitest ended
 * @returns {Counts}
 */
export function countVitestReport(report, { code, timedOut }) {
  const files = parseFiles(report)
  if (!files)
    return oneFailure(timedOut ? 'stopped before it could report' : `ended with code ${code} without a report`)

  const counts = { passed: 0, failed: 0, skipped: 0, reasons: [] }
  for (const file of files) {
    const statuses = (file.assertionResults ?? []).map((result) => result.status)
    counts.passed += statuses.filter((status) => status === 'passed').length
    counts.skipped += statuses.filter((status) => IS_SKIPPED.has(status)).length
    const failed = statuses.filter((status) => status !== 'passed' && !IS_SKIPPED.has(status)).length
    counts.failed += failed
    if (file.status === 'failed' && failed === 0) addFailure(counts, `${file.name} could not be run`)
  }
  if (counts.passed + counts.failed === 0) addFailure(counts, 'no tests were run')
  else if (counts.failed === 0 && timedOut) addFailure(counts, 'the tests passed but the process did not end')
  else if (counts.failed === 0 && code !== 0) addFailure(counts, `ended with code ${code} (an error outside a test)`)
  return counts
}

const IS_SKIPPED = new Set(['skipped', 'pending', 'todo', 'disabled'])

function parseFiles(report) {
  try {
    const { testResults } = JSON.parse(report ?? '')
    return Array.isArray(testResults) ? testResults : null
  } catch {
    return null
  }
}

function addFailure(counts, reason) {
  counts.failed += 1
  counts.reasons.push(reason)
}

const oneFailure = (reason) => ({ passed: 0, failed: 1, skipped: 0, reasons: [reason] })

/** @param {Counts[]} all @returns {Counts} */
export function sumCounts(all) {
  return all.reduce(
    (sum, next) => ({
      passed: sum.passed + next.passed,
      failed: sum.failed + next.failed,
      skipped: sum.skipped + next.skipped,
      reasons: [...sum.reasons, ...next.reasons],
    }),
    { passed: 0, failed: 0, skipped: 0, reasons: [] },
  )
}
