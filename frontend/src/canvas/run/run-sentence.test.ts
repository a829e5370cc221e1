import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import { applyEvent, emptyExecutionView } from '@millrace/shared/engine/reducer'
import type { WorkflowEvent } from '@millrace/shared/events'
import { describe, expect, it } from 'vitest'
import { runSentence, sentenceText } from './run-sentence.ts'

const names = {
  mayAnswer: true,
  nameOf: (id: string) => ({ draft: 'Draft', prices: 'Fetch prices', approve: 'Approve the draft' })[id] ?? id,
  typeOf: (id: string) => ({ draft: 'llm', prices: 'http' })[id] ?? '',
}

type Draft = { type: WorkflowEvent['type']; at?: number } & Record<string, unknown>

/** A view as the events of a run make it; `at` in milliseconds from the beginning. */
function viewOf(...events: Draft[]): ExecutionView {
  const begun: Draft[] = [
    { type: 'execution:created', workflowId: 'w', workflowName: 'Desk', workflowVersion: 7, totalNodes: 6 },
    { type: 'execution:started', workflowId: 'w', workflowName: 'Desk', totalNodes: 6 },
    { type: 'execution:progress', completed: 2, total: 6, percentage: 33, currentNodeIds: [] },
  ]
  return fold([...begun, ...events])
}

function fold(events: Draft[]): ExecutionView {
  return events.reduce(
    (view, { at = 0, ...event }, index) =>
      applyEvent(view, { executionId: 'x', eventId: String(index), timestamp: at, seq: index + 1, ...event } as never),
    emptyExecutionView('x'),
  )
}

const node = (nodeId: string) => ({ nodeId, nodePath: nodeId, iteration: 1 })
const started = (nodeId: string, more: Record<string, unknown> = {}): Draft => ({
  type: 'node:started',
  ...node(nodeId),
  nodeName: nodeId,
  nodeType: '',
  attempt: 1,
  ...more,
})
const question = (nodeId: string, deadline?: number): Draft => ({
  type: 'user:input:required',
  ...node(nodeId),
  requestId: nodeId,
  nodeName: nodeId,
  workflowName: 'Desk',
  prompt: 'Right?',
  inputType: 'approval',
  validation: {},
  ...(deadline === undefined ? {} : { deadline }),
})
const refused = {
  code: 'HTTP_STATUS',
  message: 'The answer has status 503 Service Unavailable.',
  details: { status: 503 },
}
const say = (view: ExecutionView, now = 12_000) => {
  const sentence = runSentence(view, now, names)
  return {
    text: sentenceText(sentence),
    state: sentence.state,
    asides: sentence.asides.map(sentenceText),
  }
}

describe('the sentence of a run', () => {
  it('says how long it still takes where that is known, and nothing once the time is over', () => {
    const progress = {
      type: 'execution:progress',
      at: 10_000,
      completed: 3,
      total: 6,
      percentage: 50,
      currentNodeIds: [],
    } as const
    const known = viewOf({ ...progress, estimatedRemainingMs: 20_000 })
    expect(say(known).text).toBe('Running · 3 of 6 · 12 s · about 18 s left')
    expect(say(known, 31_000).text).toBe('Running · 3 of 6 · 31 s')
    expect(say(viewOf({ ...progress, estimatedRemainingMs: 20_000 }, progress)).text).toBe('Running · 3 of 6 · 12 s')
  })

  it('says that a step blocked the run', () => {
    const error = { code: 'RUN_BLOCKED', message: 'No lamps until March.' }
    const ended = viewOf({
      type: 'execution:failed',
      status: 'failed',
      error,
      failedNodeId: 'prices',
      duration: 12_000,
    })
    expect(say(ended)).toMatchObject({
      text: 'Blocked after 12 s · Fetch prices: No lamps until March',
      state: 'failed',
    })
  })

  it('says who paused it, and what still finishes', () => {
    const paused = { type: 'execution:paused', reason: '', by: { userId: 'u', name: 'Kim' } } as const
    expect(say(viewOf(started('draft'), question('approve'), paused))).toEqual({
      text: 'Paused by Kim · 2 of 6 · Draft still finishes',
      state: 'paused',
      asides: ['Approve the draft waits for you'],
    })
    expect(say(viewOf({ ...paused, reason: 'Wrong prices.' })).text).toBe('Paused by Kim · Wrong prices · 2 of 6')
    expect(say(viewOf(paused, { type: 'execution:resumed' })).text).toBe('Running · 2 of 6 · 12 s')
  })

  it('says that it waits for a worker', () => {
    expect(
      say(
        fold([{ type: 'execution:created', workflowId: 'w', workflowName: 'Desk', workflowVersion: 1, totalNodes: 6 }]),
      ),
    ).toMatchObject({ text: 'Queued · waits for a worker', state: 'queued' })
  })

  it('says who is writing, how fast and for how long', () => {
    const view = viewOf(started('draft'), {
      type: 'node:stream',
      ...node('draft'),
      attempt: 1,
      chunk: 'Hello',
      offset: 0,
      tokens: 408,
      at: 11_000,
    })
    expect(say(view)).toEqual({
      text: 'Running · 2 of 6 · Draft is writing, 34 tokens/s · 12 s',
      state: 'running',
      asides: [],
    })
  })

  it('says what a step does that writes nothing', () => {
    expect(say(viewOf(started('prices'))).text).toBe('Running · 2 of 6 · Fetch prices is calling · 12 s')
    expect(say(viewOf(started('draft'))).text).toBe('Running · 2 of 6 · Draft is at work · 12 s')
  })

  it('names two steps and counts more', () => {
    expect(say(viewOf(started('draft'), started('prices'))).text).toContain('Draft and Fetch prices are at work')
    expect(say(viewOf(started('draft'), started('prices'), started('a'))).text).toContain('3 steps are at work')
  })

  it('stays true between two steps, when none is at work', () => {
    expect(say(viewOf()).text).toBe('Running · 2 of 6 · 12 s')
  })

  it('says what backs off, when the next try comes and which it is', () => {
    const view = viewOf(started('prices', { maxAttempts: 5, attempt: 2 }), {
      type: 'node:retry',
      ...node('prices'),
      attempt: 2,
      nextRetryIn: 4000,
      error: refused,
      at: 12_000,
    })
    expect(say(view)).toMatchObject({
      text: 'Backing off · Fetch prices answered 503 · next try in 4 s (3 of 5) · 12 s',
      state: 'retrying',
    })
    expect(say(view, 17_000).text).toContain('next try now')
  })

  it('tells of a step that backs off beside the one that runs', () => {
    const view = viewOf(started('draft'), started('prices', { maxAttempts: 5 }), {
      type: 'node:retry',
      ...node('prices'),
      attempt: 1,
      nextRetryIn: 4000,
      error: { code: 'HTTP_REQUEST_FAILED', message: 'No answer.' },
      at: 12_000,
    })
    expect(say(view)).toMatchObject({
      state: 'running',
      asides: ['Fetch prices: No answer · next try in 4 s (2 of 5)'],
    })
  })

  it('says for whom it waits and how long', () => {
    const waiting = viewOf(question('approve', 12_000 + 23 * 3_600_000), {
      type: 'execution:waiting',
      requestIds: ['approve'],
    })
    expect(say(waiting)).toMatchObject({ text: 'Waiting for you · Approve the draft · 23 h left', state: 'waiting' })
    expect(say(viewOf(question('approve'))).text).toBe('Waiting for you · Approve the draft')
    expect(say(viewOf(question('approve'), question('other', 72_000))).text).toBe('Waiting for 2 answers · 1 min left')
  })

  it('tells of a question beside the step that runs', () => {
    expect(say(viewOf(started('prices'), question('approve'))).asides).toEqual(['Approve the draft waits for you'])
  })

  it('admits that it does not move', () => {
    expect(say(viewOf({ type: 'execution:stalled', cause: 'No worker is connected.' })).text).toBe(
      'Stalled · No worker is connected · goes on by itself when that is mended',
    )
  })

  it('says how long it took', () => {
    expect(
      say(viewOf({ type: 'execution:completed', status: 'completed', outputs: {}, duration: 72_000 })),
    ).toMatchObject({ text: 'Done in 1 min 12 s', state: 'completed' })
  })

  it('does not hide a step that failed on the way to a good end', () => {
    const view = viewOf(
      started('prices'),
      { type: 'node:failed', ...node('prices'), attempt: 1, error: refused, duration: 1, handled: 'continue' },
      { type: 'execution:completed', status: 'completed', outputs: {}, duration: 3000 },
    )
    expect(say(view).text).toBe('Done in 3.0 s · one step failed and the run went on')
  })

  it('says what failed, why and after how many attempts', () => {
    const view = viewOf(
      started('prices', { maxAttempts: 5, attempt: 5 }),
      { type: 'node:failed', ...node('prices'), attempt: 5, error: refused, duration: 41_000, handled: 'fail' },
      { type: 'execution:failed', status: 'failed', error: refused, failedNodeId: 'prices', duration: 41_000 },
    )
    expect(say(view)).toMatchObject({ text: 'Failed after 41 s · Fetch prices: 503 after 5 attempts', state: 'failed' })
  })

  it('says why a lost run failed', () => {
    const view = viewOf({
      type: 'execution:failed',
      status: 'failed',
      error: { code: 'EXECUTION_LOST', message: 'The run was lost: its durable state no longer exists.' },
      duration: 1000,
    })
    expect(say(view).text).toBe('Failed after 1.0 s · The run was lost: its durable state no longer exists')
  })

  it('says why it was stopped', () => {
    expect(
      say(viewOf({ type: 'execution:cancelled', status: 'cancelled', reason: 'Stopped by Kim.', duration: 12_000 }))
        .text,
    ).toBe('Cancelled after 12 s · Stopped by Kim')
  })

  it('never names a negative time when clocks disagree', () => {
    expect(say(viewOf(started('draft', { at: 5000 })), -3000).text).toContain('· 0 s')
  })
})
