import type { AttemptView, NodeView } from '@millrace/shared/engine/execution-view'
import { describe, expect, it } from 'vitest'
import { timelineBars, timelineLabels, timelineTicks } from './timeline-bars.ts'

const attempt = (more: Partial<AttemptView>): AttemptView => ({
  attempt: 1,
  iteration: 1,
  status: 'running',
  startedAt: 1000,
  finishedAt: null,
  text: '',
  tokens: 0,
  error: null,
  nextRetryAt: null,
  ...more,
})
const node = (more: Partial<NodeView>) =>
  ({ status: 'running', startedAt: 1000, finishedAt: null, attempts: [], ...more }) as unknown as NodeView
const at = { startedAt: 1000, now: 9000 }

describe('the bars of a step', () => {
  it('grow while an attempt runs', () => {
    expect(timelineBars(node({ attempts: [attempt({ tokens: 40 })] }), 'llm', at)).toEqual([
      { kind: 'work', state: 'running', from: 0, to: 8000, label: '40 tokens' },
    ])
  })

  it('show every try, the waits between and the one to come', () => {
    const error = { code: 'HTTP_STATUS', message: 'x', details: { status: 503 } }
    const tries = [
      attempt({ status: 'failed', finishedAt: 2000, nextRetryAt: 6000, error }),
      attempt({ attempt: 2, status: 'failed', startedAt: 6100, finishedAt: 7000, nextRetryAt: 15_000, error }),
    ]
    const bars = timelineBars(node({ status: 'retrying', attempts: tries }), 'http', at)
    expect(bars.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['work', 0, 1000],
      ['wait', 1000, 5100],
      ['work', 5100, 6000],
      ['wait', 6000, 14_000],
      ['due', 14_000, 15_500],
    ])
    expect(bars.map(({ label }) => label)).toEqual(['503', '', '503', '', 'next try'])
  })

  it('show a question as waiting, and a pure step as an instant', () => {
    expect(timelineBars(node({ status: 'waiting', attempts: [attempt({})] }), 'prompt', at)[0]?.state).toBe('waiting')
    expect(timelineBars(node({ status: 'completed', startedAt: null, finishedAt: 3000 }), 'set', at)).toEqual([
      { kind: 'work', state: 'instant', from: 2000, to: 2000, label: '' },
    ])
    expect(timelineBars(node({ status: 'pending', startedAt: null }), 'set', at)).toEqual([])
  })
})

it('marks the axis with few round numbers, however long the run', () => {
  for (const length of [900, 2000, 41_000, 600_000, 90_000_000, 2_600_000_000]) {
    const ticks = timelineTicks(length)
    expect(ticks.length).toBeLessThanOrEqual(10)
    expect(ticks.length).toBeGreaterThanOrEqual(3)
    expect(ticks.at(-1)).toBeLessThanOrEqual(length)
  }
})

it('writes out no mark that would lie under the present place', () => {
  expect(timelineTicks(4000)).toContain(3500)
  expect(timelineLabels(4000, 3600)).not.toContain(3500)
  expect(timelineLabels(4000, 3600)).toEqual(timelineTicks(4000).filter((tick) => tick !== 3500))
})
