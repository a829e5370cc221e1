import type { Plan } from '@millrace/shared/engine/plan'
import { AppError } from '@millrace/shared/errors/app-error'
import type { EventDraft } from '@millrace/shared/events'
import type { JsonObject } from '@millrace/shared/json'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelRequest } from '../src/ports.ts'
import { createMemoryPorts, repeatMessage, resultOf } from './harness/memory-ports.ts'
import { drawPlan, startTestEngine, type TestEngine } from './harness/test-engine.ts'

const start = { id: 'start', type: 'start', config: { fields: [{ name: 'topic' }] } }
const writer = (id: string, user: string, more: JsonObject = {}) => ({ id, type: 'llm', config: { user }, ...more })
const result = (value: string) => ({ id: 'out', type: 'output', config: { fields: [{ name: 'result', value }] } })
const quickRetry = { maxAttempts: 3, initialIntervalMs: 10, backoffCoefficient: 1, maxIntervalMs: 10 }

/** Messages that begin so fail this often before they succeed. */
const failures = new Map<string, number>()

async function generate(request: ModelRequest) {
  const left = failures.get(request.user) ?? 0
  if (left > 0) {
    failures.set(request.user, left - 1)
    await request.onText('half an ans', 3)
    throw new AppError('PROVIDER_UNAVAILABLE')
  }
  if (request.user.startsWith('large:')) return resultOf('x'.repeat(100_000))
  return repeatMessage(request)
}

let engine: TestEngine
let executionCount = 0

beforeAll(async () => {
  engine = await startTestEngine(
    createMemoryPorts({ generate, respond: (url) => (url.includes('missing') ? { status: 404 } : {}) }),
  )
})

afterAll(() => engine.stop())

async function run(nodes: Parameters<typeof drawPlan>[0], ways: string[], input: JsonObject = { topic: 'mills' }) {
  const id = `run-${++executionCount}`
  await engine.start(id, drawPlan(nodes, ways), input)
  await engine.ended(id)
  const { events } = engine.ports
  expect(events.types(id).filter((type) => type === 'node:corrected' || type === 'event:retracted')).toEqual([])
  return { id, events: events.of(id), types: events.types(id), last: events.of(id).at(-1) }
}

function eventsOf(events: EventDraft[], nodeId: string): EventDraft[] {
  return events.filter((event) => 'nodeId' in event && event.nodeId === nodeId)
}

describe('a run of a drawn workflow', () => {
  it('takes a line of nodes to its output, and tells every step in order', async () => {
    const { types, last } = await run(
      [start, writer('draft', 'About {{ start.topic }}'), result('{{ draft.text }}!')],
      ['start>draft', 'draft>out'],
    )
    expect(last).toMatchObject({ type: 'execution:completed', outputs: { result: 'About mills!' } })
    const order = ['execution:started', 'node:started', 'node:stream', 'node:completed', 'execution:completed']
    const positions = order.map((type) => types.indexOf(type))
    expect(positions.every((position) => position >= 0)).toBe(true)
    expect(types.lastIndexOf('node:stream')).toBeLessThan(types.lastIndexOf('node:completed'))
  })

  it('runs branches side by side and joins them', async () => {
    const { id, last } = await run(
      [start, writer('left', 'L'), writer('right', 'R'), result('{{ left.text }}{{ right.text }}')],
      ['start>left', 'start>right', 'left>out', 'right>out'],
    )
    expect(last).toMatchObject({ outputs: { result: 'LR' } })
    const types = engine.ports.events
      .of(id)
      .flatMap((event) => ('nodeId' in event && ['left', 'right'].includes(event.nodeId) ? [event.type] : []))
    expect(types.filter((type) => type === 'node:started')).toHaveLength(2)
  })

  it('skips the branch that a condition did not take', async () => {
    const { events, last } = await run(
      [
        start,
        { id: 'choose', type: 'condition', config: { expression: 'start.topic == "mills"' } },
        writer('yes', 'yes'),
        writer('no', 'no'),
        result('{{ yes.text }}{{ no.text }}'),
      ],
      ['start>choose', 'choose:yes>yes', 'choose:no>no', 'yes>out', 'no>out'],
    )
    expect(last).toMatchObject({ outputs: { result: 'yes' } })
    expect(events.find((event) => event.type === 'node:skipped')).toMatchObject({ nodeId: 'no' })
  })

  it('shows each retry with its attempt, and never mixes the texts of attempts', async () => {
    failures.set('flaky', 2)
    const { events, last } = await run(
      [start, writer('draft', 'flaky', { retry: quickRetry }), result('{{ draft.text }}')],
      ['start>draft', 'draft>out'],
    )
    expect(last).toMatchObject({ outputs: { result: 'flaky' } })
    const shown = eventsOf(events, 'draft').filter(({ type }) => type === 'node:started' || type === 'node:retry')
    expect(shown.map((event) => [event.type, 'attempt' in event ? event.attempt : 0])).toEqual([
      ['node:started', 1],
      ['node:retry', 1],
      ['node:started', 2],
      ['node:retry', 2],
      ['node:started', 3],
    ])
    expect(shown[1]).toMatchObject({ nextRetryIn: 10, error: { code: 'PROVIDER_UNAVAILABLE' } })
    const text = (attempt: number) =>
      events
        .flatMap((event) => (event.type === 'node:stream' && event.attempt === attempt ? [event.chunk] : []))
        .join('')
    expect([text(1), text(2), text(3)]).toEqual(['half an ans', 'half an ans', 'flaky'])
    expect(events.find((event) => event.type === 'node:completed' && event.nodeId === 'draft')).toMatchObject({
      attempt: 3,
    })
  })

  it('fails after the last attempt that the builder allowed', async () => {
    failures.set('hopeless', 99)
    const { events, last } = await run(
      [start, writer('draft', 'hopeless', { retry: quickRetry }), result('x')],
      ['start>draft', 'draft>out'],
    )
    expect(last).toMatchObject({
      type: 'execution:failed',
      failedNodeId: 'draft',
      error: { code: 'PROVIDER_UNAVAILABLE' },
    })
    expect(eventsOf(events, 'draft').filter(({ type }) => type === 'node:started')).toHaveLength(3)
    expect(events.filter(({ type }) => type === 'node:retry')).toHaveLength(2)
  })

  it('does not repeat what would fail again, and takes the error branch', async () => {
    const { events, last } = await run(
      [
        start,
        {
          id: 'call',
          type: 'http',
          config: { url: 'https://example.test/missing' },
          onError: 'branch',
          retry: quickRetry,
        },
        result('{{ call.error.code }}'),
      ],
      ['start>call', 'call:error>out'],
    )
    expect(events.filter((event) => event.type === 'node:started' && event.nodeId === 'call')).toHaveLength(1)
    expect(events.find((event) => event.type === 'node:failed')).toMatchObject({
      handled: 'branch',
      error: { code: 'HTTP_STATUS' },
    })
    expect(last).toMatchObject({ type: 'execution:completed' })
  })

  it('keeps a large output apart and lets later nodes read it', async () => {
    const { events, last } = await run(
      [
        start,
        writer('draft', 'large: text'),
        { id: 'measure', type: 'set', config: { fields: [{ name: 'size', kind: 'cel', value: 'size(draft.text)' }] } },
        result('{{ measure.size }}'),
      ],
      ['start>draft', 'draft>measure', 'measure>out'],
    )
    expect(events.find((event) => event.type === 'node:completed' && event.nodeId === 'draft')).toMatchObject({
      outputRef: { bytes: expect.any(Number), preview: expect.any(String) },
    })
    expect(last).toMatchObject({ outputs: { result: '100000' } })
  })

  it('stores every event although the log is away in between', async () => {
    engine.ports.events.failNext(3)
    const { last } = await run(
      [start, writer('draft', 'calm'), result('{{ draft.text }}')],
      ['start>draft', 'draft>out'],
    )
    expect(last).toMatchObject({ outputs: { result: 'calm' } })
    expect(engine.ports.faults).toEqual([])
  })

  it('ends failed when its plan cannot be read', async () => {
    const plan = { ...drawPlan([start, result('x')], ['start>out']), nodes: null } as unknown as Plan
    await engine.start('unreadable', plan)
    await engine.ended('unreadable')
    expect(engine.ports.events.of('unreadable')).toMatchObject([
      { type: 'execution:failed', error: { code: 'INTERNAL' } },
    ])
  })

  it('costs at most six history events per effect and none per pure node', async () => {
    const line = (count: number) => {
      const effects = Array.from({ length: count }, (_, index) => writer(`n${index}`, 'x'))
      const ids = ['start', ...effects.map(({ id }) => id), 'out']
      return {
        nodes: [start, ...effects, result('done')],
        ways: ids.slice(1).map((id, index) => `${ids[index]}>${id}`),
      }
    }
    const short = line(2)
    const long = line(7)
    const { id: shortId } = await run(short.nodes, short.ways)
    const { id: longId } = await run(long.nodes, long.ways)
    const pure = Array.from({ length: 5 }, (_, index) => ({
      id: `p${index}`,
      type: 'set',
      config: { fields: [{ name: 'a', kind: 'cel', value: '1' }] },
    }))
    const { id: pureId } = await run(
      [...short.nodes.slice(0, -1), ...pure, result('done')],
      ['start>n0', 'n0>n1', 'n1>p0', 'p0>p1', 'p1>p2', 'p2>p3', 'p3>p4', 'p4>out'],
    )
    const [shortLength, longLength, pureLength] = await Promise.all(
      [shortId, longId, pureId].map((id) => engine.historyLength(id)),
    )
    expect((Number(longLength) - Number(shortLength)) / 5).toBeLessThanOrEqual(6)
    expect(pureLength).toBe(shortLength)
  })
})
