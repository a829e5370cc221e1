import { expect, test } from 'vitest'
import { runStages } from '../lib/run-stages.mjs'
import { selectStages, stages } from '../lib/test-stages.mjs'

const passing = { passed: 1, failed: 0, skipped: 0, reasons: [] }
const stage = (id, run, needs) => ({ id, title: id, needs, run })
const options = { signal: new AbortController().signal, print: () => {} }
const countsOf = async (chosen) =>
  (await runStages(chosen, options)).map(({ counts }) => [counts.passed, counts.failed])

test('goes on after a failure', async () => {
  const fails = async () => {
    throw new Error('no')
  }
  expect(await countsOf([stage('a', fails), stage('b', async () => passing)])).toEqual([
    [0, 1],
    [1, 0],
  ])
})

test('does not run what a failed stage was needed for, and counts it as failed', async () => {
  const fails = async () => ({ passed: 4, failed: 2, skipped: 0, reasons: [] })
  const never = async () => expect.unreachable()
  expect(await countsOf([stage('a', fails), stage('b', never, ['a']), stage('c', never, ['b'])])).toEqual([
    [4, 2],
    [0, 1],
    [0, 1],
  ])
})

test('starts no further stage after an interruption', async () => {
  const controller = new AbortController()
  const interrupts = async () => (controller.abort(), passing)
  const results = await runStages([stage('a', interrupts), stage('b', interrupts)], {
    ...options,
    signal: controller.signal,
  })
  expect(results).toHaveLength(1)
})

test('a chosen stage brings what it needs, in the usual order', () => {
  expect(selectStages(['integration']).map(({ id }) => id)).toEqual(['install', 'temporal', 'workflows', 'integration'])
})

test('every stage needs only earlier stages', () => {
  const seen = new Set()
  for (const { id, needs = [] } of stages) {
    for (const need of needs) expect(seen).toContain(need)
    seen.add(id)
  }
})
