import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerPrompt } from '../src/client/answer-prompt.ts'
import { cancelExecution } from '../src/client/cancel-execution.ts'
import { queryJournal } from '../src/client/execution-journal.ts'
import { pauseExecution, resumeExecution } from '../src/client/pause-execution.ts'
import { temporalWorkflowId } from '../src/task-queues.ts'
import { createMemoryPorts, resultOf } from './harness/memory-ports.ts'
import { drawPlan, startTestEngine, type TestEngine } from './harness/test-engine.ts'

const start = { id: 'start', type: 'start', config: { fields: [{ name: 'topic' }] } }
const ada = { userId: 'u1', name: 'Ada' }
const out = { id: 'out', type: 'output', config: { fields: [{ name: 'result', value: '{{ b.text }}' }] } }

/** The first step ends when it is let go; the second says what the run came to. */
const linePlan = drawPlan(
  [start, { id: 'a', type: 'llm', config: { user: 'held' } }, { id: 'b', type: 'llm', config: { user: 'after' } }, out],
  ['start>a', 'a>b', 'b>out'],
)
const askPlan = drawPlan(
  [
    start,
    { id: 'ask', type: 'prompt', config: { kind: 'approve', title: 'Right?' } },
    { id: 'b', type: 'llm', config: { user: 'after' } },
    out,
  ],
  ['start>ask', 'ask:approve>b', 'b>out'],
)

let engine: TestEngine
let count = 0
let letGo: () => void = () => undefined

beforeAll(async () => {
  engine = await startTestEngine(
    createMemoryPorts({
      async generate({ user, onText, signal }) {
        await onText(user, 1)
        if (user === 'held') {
          await new Promise<void>((resolve, reject) => {
            letGo = resolve
            signal.addEventListener('abort', () => reject(signal.reason))
          })
        }
        return resultOf(user)
      },
    }),
  )
})

afterAll(() => engine.stop())

const nextId = () => `paused-${++count}`
const wish = (executionId: string, idempotencyKey: string, reason?: string) => ({
  executionId,
  by: ada,
  idempotencyKey,
  ...(reason === undefined ? {} : { reason }),
})
const typesOf = (id: string) => engine.ports.events.types(id)
const lastOf = (id: string) => engine.ports.events.of(id).at(-1)
const secondBegan = (id: string) =>
  engine.ports.events.of(id).some((event) => event.type === 'node:queued' && event.nodeId === 'b')

describe('E06 E07 a run that is paused', () => {
  it('lets the step at work finish, begins no other, and goes on from there', async () => {
    const id = nextId()
    await engine.start(id, linePlan)
    await engine.ports.events.waitFor(id, 'node:stream')
    expect(await pauseExecution(engine.client, wish(id, 'p1', 'Lunch'))).toBe('paused')
    expect(lastOf(id)).toMatchObject({ type: 'execution:paused', reason: 'Lunch', by: ada })
    letGo()
    await engine.ports.events.waitFor(id, 'node:completed', ({ nodeId }) => nodeId === 'a')
    // Whatever would follow from it was decided in the same step.
    await queryJournal(engine.client, id)
    expect(secondBegan(id)).toBe(false)
    expect(await resumeExecution(engine.client, wish(id, 'r1'))).toBe('running')
    await engine.ended(id)
    expect(lastOf(id)).toMatchObject({ type: 'execution:completed', outputs: { result: 'after' } })
    const [closing] = engine.ports.events.finalizations.filter(({ executionId }) => executionId === id)
    const held = engine.ports.events.of(id).filter(({ type }) => /paused|resumed/.test(type))
    expect(held).toHaveLength(2)
    expect(held.every(({ eventId }) => closing?.eventIds.includes(eventId))).toBe(true)
  })

  it('is paused once, however often it is asked for, and refuses when it is over', async () => {
    const id = nextId()
    await engine.start(id, askPlan)
    const { requestId } = await engine.ports.events.waitFor(id, 'user:input:required')
    await Promise.all(['1', '2', '2'].map((key) => pauseExecution(engine.client, wish(id, key))))
    expect(typesOf(id).filter((type) => type === 'execution:paused')).toHaveLength(1)
    await resumeExecution(engine.client, wish(id, 'r'))
    expect(await resumeExecution(engine.client, wish(id, 'again'))).toBe('waiting')
    expect(typesOf(id).slice(-2)).toEqual(['execution:resumed', 'execution:waiting'])
    const response = { choice: 'approve' }
    await answerPrompt(engine.client, { executionId: id, requestId, response, answeredBy: ada, idempotencyKey: 'a' })
    await engine.ended(id)
    const late = pauseExecution(engine.client, wish(id, 'late'))
    await expect(late).rejects.toMatchObject({ code: 'EXECUTION_FINISHED' })
  })

  it('takes an answer meanwhile and acts on it when it goes on, in a fresh history too', async () => {
    const id = nextId()
    await engine.start(id, askPlan, {}, { historyEventsMax: 12 })
    const { requestId } = await engine.ports.events.waitFor(id, 'user:input:required')
    await pauseExecution(engine.client, wish(id, 'p'))
    const response = { choice: 'approve' }
    await answerPrompt(engine.client, { executionId: id, requestId, response, answeredBy: ada, idempotencyKey: 'a' })
    expect(typesOf(id)).toContain('user:input:received')
    expect(secondBegan(id)).toBe(false)
    await resumeExecution(engine.client, wish(id, 'r'))
    await engine.ended(id)
    expect(lastOf(id)).toMatchObject({ type: 'execution:completed', outputs: { result: 'after' } })
  })

  it('keeps back what a change of history had kept, until it goes on', async () => {
    const id = nextId()
    // The history is long when the short step ends, and the first step keeps it open: what follows is kept for the next.
    const plan = drawPlan(
      [
        start,
        { id: 'a', type: 'llm', config: { user: 'held' } },
        { id: 'c', type: 'llm', config: { user: 'short' } },
        { id: 'b', type: 'llm', config: { user: 'kept back' } },
        out,
      ],
      ['start>a', 'start>c', 'c>b', 'a>out', 'b>out'],
    )
    const isBegun = () => engine.ports.calls.includes('model:kept back')
    const handle = engine.client.workflow.getHandle(temporalWorkflowId(id))
    const historyOf = async () => (await handle.describe()).runId
    await engine.start(id, plan, {}, { historyEventsMax: 8 })
    const firstHistory = await historyOf()
    await engine.ports.events.waitFor(id, 'node:queued', ({ nodeId }) => nodeId === 'b')
    expect(isBegun()).toBe(false)
    await pauseExecution(engine.client, wish(id, 'p'))
    letGo()
    await expect.poll(historyOf, { timeout: 20_000 }).not.toBe(firstHistory)
    // Answered after the first task of the new history.
    await queryJournal(engine.client, id)
    expect((await handle.describe()).raw.pendingActivities ?? []).toEqual([])
    expect(isBegun()).toBe(false)
    expect(await resumeExecution(engine.client, wish(id, 'r'))).toBe('running')
    await engine.ended(id)
    expect(lastOf(id)).toMatchObject({ type: 'execution:completed', outputs: { result: 'kept back' } })
  })

  it('can be stopped', async () => {
    const id = nextId()
    await engine.start(id, linePlan)
    await engine.ports.events.waitFor(id, 'node:stream')
    await pauseExecution(engine.client, wish(id, 'p'))
    await cancelExecution(engine.client, id, { reason: 'enough', by: 'u1' })
    await engine.ended(id)
    expect(lastOf(id)).toMatchObject({ type: 'execution:cancelled', reason: 'enough' })
  })
})
