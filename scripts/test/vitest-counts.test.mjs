import { expect, test } from 'vitest'
import { countVitestReport, sumCounts } from '../lib/vitest-counts.mjs'

const file = (status, ...statuses) => ({
  name: 'a.test.ts',
  status,
  assertionResults: statuses.map((s) => ({ status: s })),
})
const count = (testResults, run = { code: 0, timedOut: false }) =>
  countVitestReport(JSON.stringify({ testResults }), run)

test('counts tests, and skipped ones apart', () => {
  expect(
    count([file('passed', 'passed', 'passed', 'skipped', 'todo'), file('failed', 'failed', 'passed')], { code: 1 }),
  ).toEqual({
    passed: 3,
    failed: 1,
    skipped: 2,
    reasons: [],
  })
})

test('a file that cannot be loaded is one failure', () => {
  expect(count([file('failed'), file('passed', 'passed')], { code: 1 })).toMatchObject({
    passed: 1,
    failed: 1,
    reasons: ['a.test.ts could not be run'],
  })
})

test.each([
  ['no tests at all', () => count([]), 'no tests were run'],
  ['only skipped tests', () => count([file('passed', 'skipped')]), 'no tests were run'],
  ['no report', () => countVitestReport(null, { code: 134 }), 'ended with code 134 without a report'],
  ['half a report', () => countVitestReport('{"testResults":[', { code: 1 }), 'without a report'],
  ['a report of another shape', () => countVitestReport('{}', { code: 0 }), 'without a report'],
  [
    'a timeout before the report',
    () => countVitestReport(null, { code: -1, timedOut: true }),
    'stopped before it could report',
  ],
])('%s is one failure', (_, run, reason) => {
  const counts = run()
  expect(counts.failed).toBe(1)
  expect(counts.reasons).toEqual([expect.stringContaining(reason)])
})

test('an error outside of any test is a failure although all tests passed', () => {
  expect(count([file('passed', 'passed')], { code: 1 })).toMatchObject({ passed: 1, failed: 1 })
  expect(count([file('passed', 'passed')], { code: -1, timedOut: true })).toMatchObject({ passed: 1, failed: 1 })
})

test('sums stages', () => {
  const one = { passed: 2, failed: 1, skipped: 3, reasons: ['a'] }
  expect(sumCounts([one, one])).toEqual({ passed: 4, failed: 2, skipped: 6, reasons: ['a', 'a'] })
  expect(sumCounts([])).toEqual({ passed: 0, failed: 0, skipped: 0, reasons: [] })
})
