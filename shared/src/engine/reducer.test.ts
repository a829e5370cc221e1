import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { driveRun, planOf } from '../../test/drive-run.ts'
import { randomGraph } from '../../test/random-definition.ts'
import type { EventDraft, WorkflowEvent } from '../events/index.ts'
import { templates } from '../templates/index.ts'
import { type ExecutionView, viewLimits } from './execution-view.ts'
import { applyEvent, emptyExecutionView } from './reducer.ts'

const executionId = 'run1'
const fold = (events: readonly WorkflowEvent[], from = emptyExecutionView(executionId)) =>
  events.reduce(applyEvent, from)

/** Drafts as stored: with `seq`, and with what only the log and activities add. */
function stored(drafts: object[]): WorkflowEvent[] {
  return drafts.map(
    (draft, index) =>
      ({ timestamp: index, executionId, eventId: String(index), ...draft, seq: index + 1 }) as WorkflowEvent,
  )
}

const draft = { nodeId: 'draft', nodePath: 'draft', iteration: 1 }
const began = (attempt: number, round = draft) => ({
  type: 'node:started',
  ...round,
  nodeName: 'Draft',
  nodeType: 'llm',
  attempt,
  maxAttempts: 3,
})
const chunk = (attempt: number, text: string, offset: number, round = draft) => ({
  type: 'node:stream',
  ...round,
  attempt,
  chunk: text,
  offset,
  tokens: 1,
})
const retry = (attempt: number) => ({
  type: 'node:retry',
  ...draft,
  attempt,
  nextRetryIn: 1000,
  error: { code: 'PROVIDER_UNAVAILABLE', message: 'Away.' },
})
const textsOf = (view: ExecutionView) =>
  view.nodes.draft?.attempts.map(({ attempt, iteration, status, text }) => [iteration, attempt, status, text])

describe('folding events', () => {
  it('never mixes the texts of attempts', () => {
    const view = fold(
      stored([
        began(1),
        chunk(1, 'ab', 0),
        retry(1),
        began(2),
        chunk(1, 'late', 2),
        chunk(2, 'cd', 0),
        { type: 'node:completed', ...draft, attempt: 2, output: { text: 'cd' }, duration: 5, ports: ['out'] },
      ]),
    )
    expect(textsOf(view)).toEqual([
      [1, 1, 'failed', 'ablate'],
      [1, 2, 'completed', 'cd'],
    ])
    expect(view.nodes.draft).toMatchObject({ status: 'completed', attempt: 2, output: { text: 'cd' }, error: null })
  })

  it('accepts that the failure of an attempt is told after the next has begun', () => {
    const view = fold(stored([began(1), began(2), retry(1), chunk(2, 'x', 0)]))
    expect(view.nodes.draft).toMatchObject({ status: 'running', attempt: 2 })
    expect(textsOf(view)).toEqual([
      [1, 1, 'failed', ''],
      [1, 2, 'running', 'x'],
    ])
  })

  it('keeps rounds apart and ignores late words of an earlier one', () => {
    const second = { nodeId: 'draft', nodePath: 'redo[2]/draft', iteration: 2 }
    const view = fold(
      stored([began(1), chunk(1, 'one', 0), began(1, second), chunk(1, 'two', 0, second), began(2), chunk(1, '!', 3)]),
    )
    expect(view.nodes.draft).toMatchObject({ nodePath: 'redo[2]/draft', iteration: 2, attempt: 1 })
    expect(textsOf(view)?.at(-1)).toEqual([2, 1, 'running', 'two'])
  })

  it('touches only what an event is about', () => {
    const before = fold(stored([began(1), { ...began(1), nodeId: 'other', nodePath: 'other' }]))
    const after = applyEvent(before, { ...stored([chunk(1, 'x', 0)])[0], seq: 3 } as WorkflowEvent)
    expect(after.nodes.other).toBe(before.nodes.other)
    expect(after.nodes.draft).not.toBe(before.nodes.draft)
    expect([after.edges, after.prompts, after.log, after.progress]).toEqual([
      before.edges,
      before.prompts,
      before.log,
      before.progress,
    ])
    expect(after.edges).toBe(before.edges)
    expect(after.log).toBe(before.log)
    expect(before.nodes.draft?.attempts[0]?.text).toBe('')
  })

  it('takes known events, unknown types and what follows the end without harm', () => {
    const ended = fold(
      stored([began(1), { type: 'execution:cancelled', status: 'cancelled', reason: 'Enough', duration: 3 }]),
    )
    expect(ended).toMatchObject({ status: 'cancelled', reason: 'Enough', duration: 3, finishedAt: 1 })
    expect(applyEvent(ended, { ...stored([chunk(1, 'x', 0)])[0], seq: 2 } as WorkflowEvent)).toBe(ended)
    expect(applyEvent(ended, { ...stored([chunk(1, 'x', 0)])[0], seq: 3 } as WorkflowEvent)).toEqual({
      ...ended,
      seq: 3,
    })
    const odd = { ...stored([began(1)])[0], type: 'future:event', seq: 1 } as unknown as WorkflowEvent
    expect(applyEvent(emptyExecutionView(executionId), odd)).toEqual({ ...emptyExecutionView(executionId), seq: 1 })
  })

  it('lets corrections and retractions undo what never became true', () => {
    const asked = {
      type: 'user:input:required',
      nodeId: 'ask',
      nodePath: 'ask',
      iteration: 1,
      requestId: 'run1:ask',
      nodeName: 'Ask',
      workflowName: 'W',
      prompt: '?',
      inputType: 'text',
      validation: {},
    }
    const settled = { type: 'edge:settled', nodeId: 'a', nodePath: 'a', iteration: 1, edgeId: 'x/y', taken: true }
    const view = fold(
      stored([
        asked,
        settled,
        {
          type: 'event:retracted',
          retractedEventId: 'ask/user:input:required/-/-',
          retractedType: 'user:input:required',
        },
        { type: 'event:retracted', retractedEventId: 'a/edge:settled/-/x/y', retractedType: 'edge:settled' },
        { type: 'node:corrected', nodeId: 'ask', nodePath: 'ask', iteration: 1, status: 'cancelled' },
      ]),
    )
    expect(view.prompts).toEqual({})
    expect(view.edges).toEqual({})
    expect(view.nodes.ask?.status).toBe('cancelled')
  })

  it('bounds texts, attempts and the log', () => {
    const many = Array.from({ length: 600 }, (_, index) => ({
      type: 'node:log',
      ...draft,
      level: 'info',
      message: `line ${index}`,
    }))
    const attempts = Array.from({ length: 30 }, (_, index) => began(index + 1))
    const long = Array.from({ length: 30 }, (_, index) => chunk(30, 'x'.repeat(7999), index * 7999))
    const view = fold(stored([...many, ...attempts, ...long]))
    expect(view.log).toHaveLength(viewLimits.logEntriesMax)
    expect(view.log.at(-1)?.message).toBe('line 599')
    expect(view.nodes.draft?.attempts).toHaveLength(viewLimits.attemptsKeptPerNodeMax)
    expect(view.nodes.draft?.attempts.at(-1)?.text).toHaveLength(viewLimits.attemptTextCharactersMax)
  })
})

/** A run's events with texts streamed by its effects, as the log holds them. */
function eventsOfRun(drafts: readonly EventDraft[]): WorkflowEvent[] {
  return stored(
    drafts.flatMap((event): object[] => {
      if (event.type !== 'node:queued') return [event]
      const round = { nodeId: event.nodeId, nodePath: event.nodePath, iteration: event.iteration }
      return [
        event,
        began(1, round),
        chunk(1, 'some ', 0, round),
        chunk(1, 'words', 5, round),
        { ...retry(1), ...round },
        began(2, round),
        chunk(2, 'x', 0, round),
        chunk(2, 'y', 1, round),
        chunk(2, 'z', 2, round),
      ]
    }),
  )
}

/** Merges contiguous passages of one attempt as the server does for a slow client. */
function merged(events: readonly WorkflowEvent[]): WorkflowEvent[] {
  return events.reduce<WorkflowEvent[]>((done, event) => {
    const last = done.at(-1)
    if (
      last?.type !== 'node:stream' ||
      event.type !== 'node:stream' ||
      last.nodePath !== event.nodePath ||
      last.attempt !== event.attempt
    )
      return [...done, event]
    const one = {
      ...last,
      seq: event.seq,
      chunk: last.chunk + event.chunk,
      tokens: (last.tokens ?? 0) + (event.tokens ?? 0),
      count: (last.count ?? 1) + 1,
    }
    return [...done.slice(0, -1), one]
  }, [])
}

/** What is shown, without the times at which single passages came. */
const shown = (view: ExecutionView) => JSON.parse(JSON.stringify(view)) as unknown

describe('the fold law', () => {
  const histories = randomGraph({ mayFail: true }).map((graph) => {
    const run = driveRun(planOf(graph.definition), {
      effect: ({ nodeId }) => (graph.failing.has(nodeId) ? { error: 'no' } : { output: { ok: true } }),
    })
    return eventsOfRun(run.events)
  })

  it('a snapshot at any point and the rest is the whole', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (events, cut) => {
        const at = cut % (events.length + 1)
        const snapshot = JSON.parse(JSON.stringify(fold(events.slice(0, at)))) as ExecutionView
        expect(fold(events.slice(at), snapshot)).toEqual(fold(events))
      }),
      { numRuns: 200 },
    )
  })

  it('merged passages say the same as single ones', () => {
    fc.assert(
      fc.property(histories, (events) => {
        expect(shown(fold(merged(events)))).toEqual(shown(fold(events)))
      }),
      { numRuns: 100 },
    )
  })

  it('shows each node as the interpreter left it', () => {
    fc.assert(
      fc.property(randomGraph({ mayFail: true }), (graph) => {
        const run = driveRun(planOf(graph.definition), {
          effect: ({ nodeId }) => (graph.failing.has(nodeId) ? { error: 'no' } : { output: { ok: true } }),
        })
        const view = fold(eventsOfRun(run.events))
        for (const [id, { step }] of Object.entries(run.state.nodes)) expect(view.nodes[id]?.status).toBe(step)
        for (const [id, state] of Object.entries(run.state.edges)) expect(view.edges[id]?.taken).toBe(state === 'taken')
        expect(Object.values(view.prompts).filter(({ status }) => status === 'open')).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  it('holds for the review desk with two redos', () => {
    const run = driveRun(planOf(templates[0]?.definition), {
      effect: () => ({ output: { text: 'Notice' } }),
      answer: ({ iteration }) => ({ choice: iteration < 3 ? 'redo' : 'approve', text: 'more' }),
    })
    const view = fold(eventsOfRun(run.events))
    expect(view.nodes.draft).toMatchObject({ iteration: 3, status: 'completed' })
    expect(view.nodes.draft?.attempts).toHaveLength(6)
    expect(view.edges.redo).toEqual({ taken: false, iteration: 3 })
    expect(Object.values(view.prompts).map(({ status }) => status)).toEqual(['answered', 'answered', 'answered'])
  })
})
