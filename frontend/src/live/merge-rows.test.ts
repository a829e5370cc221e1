import type { ExecutionSummary } from '@millrace/shared/api/executions'
import { describe, expect, it } from 'vitest'
import { mergeRows } from './merge-rows.ts'

const run = (executionId: string, createdAt: number, rest: Partial<ExecutionSummary> = {}): ExecutionSummary => ({
  executionId,
  workflowId: 'w1',
  workflowName: 'W',
  workflowVersion: 1,
  status: 'running',
  totalNodes: 3,
  completedNodes: 0,
  startedByName: 'Ada',
  createdAt,
  startedAt: createdAt,
  ...rest,
})
const idsOf = (pages: readonly { items: readonly ExecutionSummary[] }[]) =>
  pages.map(({ items }) => items.map(({ executionId }) => executionId))

describe('lists of runs beside the live list', () => {
  const pages = [
    { items: [run('d', 40), run('c', 30)], nextCursor: '1' },
    { items: [run('a', 10)], nextCursor: '2' },
  ]

  it('rows move, and begun runs come on top', () => {
    const merged = mergeRows(pages, [run('e', 50), run('c', 30, { status: 'waiting' })], {})
    expect(idsOf(merged)).toEqual([
      ['e', 'd'],
      ['c', 'a'],
    ])
    expect(merged[1]?.items[0]?.status).toBe('waiting')
  })

  it('a run comes to the place of its age, or stays with the pages that are not read', () => {
    expect(idsOf(mergeRows(pages, [run('b', 20), run('old', 5)], {}))).toEqual([
      ['d', 'c'],
      ['b', 'a'],
    ])
    const whole = [{ items: [run('a', 10)] }]
    expect(idsOf(mergeRows(whole, [run('old', 5)], {}))).toEqual([['a', 'old']])
  })

  it('rows leave a list that is filtered by state, and others enter it', () => {
    const live = [run('d', 40, { status: 'failed', finishedAt: 45 }), run('x', 35, { workflowId: 'w2' })]
    const filter = { status: 'queued,running', workflowId: 'w1' }
    expect(idsOf(mergeRows(pages, live, filter))).toEqual([['c', 'a'], []])
    expect(idsOf(mergeRows([{ items: [] }], live, { status: 'failed' }))).toEqual([['d']])
  })

  it('a run that is over stays so, however late a row of before comes', () => {
    const ended = [{ items: [run('d', 40, { status: 'completed', completedNodes: 3, finishedAt: 50 })] }]
    expect(mergeRows(ended, [run('d', 40)], {})).toBe(ended)
  })

  it('nothing is drawn anew when nothing has changed', () => {
    expect(mergeRows(pages, [run('c', 30), run('old', 5)], {})).toBe(pages)
  })
})
