import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventDraft, WorkflowEvent } from '../events/index.ts'
import type { ExecutionView } from './execution-view.ts'
import { applyEvent, emptyExecutionView } from './reducer.ts'

const node = (nodeId: string, nodePath = nodeId, iteration = 1) => ({
  executionId: 'e',
  nodeId,
  nodePath,
  iteration,
  timestamp: 10,
})

function numbered(drafts: Omit<EventDraft, 'eventId'>[]): WorkflowEvent[] {
  return drafts.map((draft, index) => ({ ...draft, eventId: `event-${index}`, seq: index + 1 }) as WorkflowEvent)
}

const fold = (events: WorkflowEvent[], from: ExecutionView = emptyExecutionView('e')) => events.reduce(applyEvent, from)

const started = (nodeId: string, attempt: number, nodePath?: string, iteration?: number) =>
  ({
    ...node(nodeId, nodePath, iteration),
    type: 'node:started',
    nodeName: nodeId.toUpperCase(),
    nodeType: 'llm',
    attempt,
    maxAttempts: 3,
  }) as const
const chunk = (nodeId: string, attempt: number, offset: number, text: string, nodePath?: string, iteration?: number) =>
  ({ ...node(nodeId, nodePath, iteration), type: 'node:stream', attempt, chunk: text, offset, tokens: 1 }) as const
const retry = (nodeId: string, attempt: number) =>
  ({
    ...node(nodeId),
    type: 'node:retry',
    attempt,
    nextRetryIn: 4000,
    error: { code: 'HTTP_STATUS', message: '503' },
  }) as const
const completed = (nodeId: string, attempt: number, nodePath?: string, iteration?: number) =>
  ({
    ...node(nodeId, nodePath, iteration),
    type: 'node:completed',
    attempt,
    output: { text: 'done' },
    duration: 5,
    ports: ['out'],
  }) as const

describe('applyEvent', () => {
  it('keeps the texts of attempts apart and shows when the next one is due', () => {
    const events = numbered([
      started('a', 1),
      chunk('a', 1, 0, 'half '),
      retry('a', 1),
      started('a', 2),
      chunk('a', 2, 0, 'whole'),
      completed('a', 2),
    ])
    expect(fold(events.slice(0, 3)).nodes.a).toMatchObject({
      status: 'retrying',
      attempts: [{ attempt: 1, status: 'failed', text: 'half ', nextRetryAt: 4010 }],
    })
    expect(fold(events).nodes.a).toMatchObject({
      status: 'completed',
      attempt: 2,
      attempts: [
        { attempt: 1, status: 'failed', text: 'half ' },
        { attempt: 2, status: 'completed', text: 'whole', tokens: 1 },
      ],
    })
  })

  it('takes a late retry notice for an attempt that died without changing the one that runs', () => {
    const view = fold(numbered([started('a', 1), started('a', 2), retry('a', 1)]))
    expect(view.nodes.a).toMatchObject({
      status: 'running',
      attempt: 2,
      attempts: [{ status: 'failed' }, { status: 'running' }],
    })
  })

  it('begins a new generation in a loop and leaves the words of an earlier one aside', () => {
    const view = fold(
      numbered([
        started('a', 1, 'redo[1]/a', 1),
        chunk('a', 1, 0, 'one', 'redo[1]/a', 1),
        completed('a', 1, 'redo[1]/a', 1),
        started('a', 1, 'redo[2]/a', 2),
        chunk('a', 1, 0, 'two', 'redo[2]/a', 2),
        chunk('a', 1, 3, 'late', 'redo[1]/a', 1),
      ]),
    )
    expect(view.nodes.a).toMatchObject({ nodePath: 'redo[2]/a', iteration: 2, status: 'running', output: null })
    expect(view.nodes.a?.attempts.map(({ iteration, text }) => [iteration, text])).toEqual([
      [1, 'one'],
      [2, 'two'],
    ])
  })

  it('touches one node per passage', () => {
    const before = fold(numbered([started('a', 1), started('b', 1)]))
    const after = applyEvent(before, { ...chunk('a', 1, 0, 'x'), eventId: 'x', seq: 3 } as WorkflowEvent)
    expect(after.nodes.b).toBe(before.nodes.b)
    expect(after.prompts).toBe(before.prompts)
    expect(after.log).toBe(before.log)
    expect(after.nodes.a).not.toBe(before.nodes.a)
  })

  it('ends once', () => {
    const view = fold(
      numbered([
        {
          type: 'execution:completed',
          executionId: 'e',
          timestamp: 9,
          status: 'completed',
          outputs: { a: 1 },
          duration: 5,
        },
        {
          type: 'execution:failed',
          executionId: 'e',
          timestamp: 11,
          status: 'failed',
          error: { code: 'X', message: 'x' },
          duration: 7,
        },
      ] as never),
    )
    expect(view).toMatchObject({ status: 'completed', outputs: { a: 1 }, error: null, seq: 2 })
  })

  it('passes over types it does not know', () => {
    const event = {
      type: 'something:new',
      eventId: 'x',
      seq: 1,
      timestamp: 1,
      executionId: 'e',
    } as unknown as WorkflowEvent
    expect(applyEvent(emptyExecutionView('e'), event)).toEqual({ ...emptyExecutionView('e'), seq: 1 })
  })

  it('folds a snapshot and the rest to the same as the whole, with any doubled delivery', () => {
    const arbitraryDraft = fc.oneof(
      fc
        .constantFrom('a', 'b', 'c')
        .chain((id) =>
          fc
            .constantFrom(1, 2, 3)
            .chain((attempt) =>
              fc.constantFrom(
                started(id, attempt),
                chunk(id, attempt, 0, 'xy'),
                retry(id, attempt),
                completed(id, attempt),
              ),
            ),
        ),
    )
    fc.assert(
      fc.property(fc.array(arbitraryDraft, { maxLength: 40 }), fc.nat(), (drafts, cut) => {
        const events = numbered(drafts)
        const at = events.length === 0 ? 0 : cut % (events.length + 1)
        const snapshot = JSON.parse(JSON.stringify(fold(events.slice(0, at)))) as ExecutionView
        const overlapping = events.slice(Math.max(0, at - 3))
        expect(fold(overlapping, snapshot)).toEqual(fold(events))
      }),
    )
  })
})
