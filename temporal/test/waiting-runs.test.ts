import { setTimeout as delay } from 'node:timers/promises'
import type { JsonObject } from '@millrace/shared/json'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerPrompt } from '../src/client/answer-prompt.ts'
import { cancelExecution } from '../src/client/cancel-execution.ts'
import { startExecution } from '../src/client/start-execution.ts'
import type { ModelRequest } from '../src/ports.ts'
import { temporalWorkflowId } from '../src/task-queues.ts'
import { createMemoryPorts, repeatMessage } from './harness/memory-ports.ts'
import { drawPlan, owner, startTestEngine, type TestEngine } from './harness/test-engine.ts'

const start = { id: 'start', type: 'start', config: { fields: [{ name: 'topic' }] } }
const ada = { userId: 'u1', name: 'Ada' }
const bob = { userId: 'u2', name: 'Bob' }

const askPlan = (config: JsonObject = {}) =>
  drawPlan(
    [
      start,
      { id: 'ask', type: 'prompt', config: { kind: 'approve', title: 'Right?', ...config } },
      { id: 'out', type: 'output', config: { fields: [{ name: 'choice', value: '{{ ask.choice }}' }] } },
    ],
    ['start>ask', 'ask:approve>out'],
  )

/** Draft, ask, and back to the draft as often as asked. */
const redoPlan = drawPlan(
  [
    start,
    { id: 'draft', type: 'llm', config: { user: 'draft' } },
    {
      id: 'ask',
      type: 'prompt',
      config: {
        kind: 'choice',
        title: 'Good?',
        choices: [
          { id: 'ok', label: 'OK' },
          { id: 'redo', label: 'Redo' },
        ],
      },
    },
    { id: 'out', type: 'output', config: { fields: [{ name: 'result', value: '{{ draft.text }}' }] } },
  ],
  ['start>draft', 'draft>ask', 'ask:ok>out', 'ask:redo>draft*5'],
)

/** Writes until it is stopped. */
async function generate(request: ModelRequest) {
  if (request.user !== 'endless') return repeatMessage(request)
  for (;;) {
    await request.onText('more ', 1)
    await delay(20, undefined, { signal: request.signal })
  }
}

let engine: TestEngine
let executionCount = 0

beforeAll(async () => {
  engine = await startTestEngine(createMemoryPorts({ generate }))
})

afterAll(() => engine.stop())

function nextId(): string {
  return `wait-${++executionCount}`
}

async function openPrompt(id: string, round = 1) {
  return engine.ports.events.waitFor(id, 'user:input:required', ({ iteration }) => iteration === round)
}

function answer(id: string, requestId: string, response: JsonObject, answeredBy = ada) {
  return answerPrompt(engine.client, {
    executionId: id,
    requestId,
    response,
    answeredBy,
    idempotencyKey: `${requestId}-${answeredBy.userId}-${JSON.stringify(response)}`,
  })
}

function lastOf(id: string) {
  return engine.ports.events.of(id).at(-1)
}

describe('a run that waits for a person', () => {
  it('goes on with the answer and says who gave it', async () => {
    const id = nextId()
    await engine.start(id, askPlan())
    const { requestId } = await openPrompt(id)
    const accepted = await answer(id, requestId, { choice: 'approve' })
    expect(accepted).toMatchObject({ accepted: true, answeredBy: ada, response: { choice: 'approve' } })
    await engine.ended(id)
    expect(lastOf(id)).toMatchObject({ type: 'execution:completed', outputs: { choice: 'approve' } })
    expect(engine.ports.events.of(id).find(({ type }) => type === 'user:input:received')).toMatchObject({
      answeredBy: ada,
    })
  })

  it('accepts one of two answers that come at once, and tells the other who was first', async () => {
    const id = nextId()
    await engine.start(id, askPlan())
    const { requestId } = await openPrompt(id)
    const answers = await Promise.allSettled([
      answer(id, requestId, { choice: 'approve' }, ada),
      answer(id, requestId, { choice: 'approve' }, bob),
    ])
    const accepted = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const refused = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(accepted).toHaveLength(1)
    expect(refused).toMatchObject([
      { code: 'PROMPT_ALREADY_ANSWERED', details: { answeredBy: accepted[0]?.answeredBy } },
    ])
    await engine.ended(id)
    const received = engine.ports.events.of(id).filter(({ type }) => type === 'user:input:received')
    expect(received).toMatchObject([{ answeredBy: accepted[0]?.answeredBy }])
  })

  it('gives a repeated answer the result of the first', async () => {
    const id = nextId()
    await engine.start(id, redoPlan)
    const { requestId } = await openPrompt(id)
    const first = await answer(id, requestId, { choice: 'redo' })
    const again = await answer(id, requestId, { choice: 'redo' })
    expect(again).toEqual(first)
    await answer(id, (await openPrompt(id, 2)).requestId, { choice: 'ok' })
    await engine.ended(id)
  })

  it('refuses what does not fit, and a question that is not there, without a trace in the history', async () => {
    const id = nextId()
    await engine.start(id, askPlan())
    const { requestId } = await openPrompt(id)
    await expect(answer(id, requestId, { choice: 'perhaps' })).rejects.toMatchObject({
      code: 'PROMPT_RESPONSE_INVALID',
    })
    // The first refusal came after the task that asked, so its history is complete.
    const before = await engine.historyLength(id)
    await expect(answer(id, 'other', { choice: 'approve' })).rejects.toMatchObject({ code: 'PROMPT_NOT_FOUND' })
    expect(await engine.historyLength(id)).toBe(before)
    await answer(id, requestId, { choice: 'approve' })
    await engine.ended(id)
    await expect(answer(id, requestId, { choice: 'approve' }, bob)).rejects.toMatchObject({ code: 'PROMPT_CLOSED' })
  })

  it('takes the way of the deadline when nobody answers', async () => {
    const id = nextId()
    const plan = drawPlan(
      [
        start,
        { id: 'ask', type: 'prompt', config: { kind: 'approve', title: 'Right?', deadlineMs: 1000 } },
        { id: 'late', type: 'output', config: { fields: [{ name: 'result', value: 'too late' }] } },
        { id: 'out', type: 'output', config: { fields: [{ name: 'result', value: 'in time' }] } },
      ],
      ['start>ask', 'ask:approve>out', 'ask:expired>late'],
    )
    await engine.start(id, plan)
    await engine.ended(id)
    expect(engine.ports.events.types(id)).toContain('user:input:expired')
    expect(lastOf(id)).toMatchObject({ type: 'execution:completed', outputs: { result: 'too late' } })
  })

  it('reminds while nobody answers, and no more once somebody has', async () => {
    const id = nextId()
    await engine.start(id, askPlan({ remindAfterMs: [1000, 2000, 600_000] }))
    const { requestId, timestamp } = await openPrompt(id)
    const second = await engine.ports.events.waitFor(id, 'user:input:reminder', ({ number }) => number === 2)
    expect(second.timestamp - timestamp).toBeGreaterThanOrEqual(2000)
    expect(second).toMatchObject({ requestId, prompt: 'Right?', inputType: 'approval' })
    await answer(id, requestId, { choice: 'approve' })
    await engine.ended(id)
    const reminders = engine.ports.events.of(id).filter(({ type }) => type === 'user:input:reminder')
    expect(reminders.length).toBeGreaterThanOrEqual(1)
    const [closing] = engine.ports.events.finalizations.filter(({ executionId }) => executionId === id)
    expect(reminders.every(({ eventId }) => closing?.eventIds.includes(eventId))).toBe(true)
  })

  it('ends when it is cancelled, and withdraws the question', async () => {
    const id = nextId()
    await engine.start(id, askPlan())
    await openPrompt(id)
    await cancelExecution(engine.client, id, { reason: 'no longer needed', by: 'u1' })
    await engine.ended(id)
    expect(engine.ports.events.types(id)).toContain('user:input:withdrawn')
    expect(lastOf(id)).toMatchObject({ type: 'execution:cancelled', reason: 'no longer needed' })
    await expect(cancelExecution(engine.client, id, { reason: 'again', by: 'u1' })).rejects.toMatchObject({
      code: 'EXECUTION_FINISHED',
    })
  })

  it('ends when Temporal itself asks it to', async () => {
    const id = nextId()
    await engine.start(id, askPlan())
    await openPrompt(id)
    await engine.client.workflow.getHandle(temporalWorkflowId(id)).cancel()
    await engine.ended(id)
    expect(lastOf(id)).toMatchObject({ type: 'execution:cancelled' })
  })
})

describe('a run that streams', () => {
  it('stops the model when it is cancelled, and keeps what was written', async () => {
    const id = nextId()
    const plan = drawPlan(
      [
        start,
        { id: 'draft', type: 'llm', config: { user: 'endless' } },
        { id: 'out', type: 'output', config: { fields: [{ name: 'r', value: 'x' }] } },
      ],
      ['start>draft', 'draft>out'],
    )
    await engine.start(id, plan)
    await engine.ports.events.waitFor(id, 'node:stream')
    const cancelledAt = Date.now()
    await cancelExecution(engine.client, id, { reason: 'enough', by: 'u1' })
    await engine.ended(id)
    expect(Date.now() - cancelledAt).toBeLessThan(3000)
    expect(engine.ports.events.of(id)).toContainEqual(
      expect.objectContaining({ type: 'node:cancelled', nodeId: 'draft' }),
    )
    expect(lastOf(id)).toMatchObject({ type: 'execution:cancelled' })
  })
})

describe('a loop', () => {
  it.each([0, 1, 4])('redoes its body %i times', async (rounds) => {
    const id = nextId()
    await engine.start(id, redoPlan)
    for (let round = 1; round <= rounds; round += 1) {
      await answer(id, (await openPrompt(id, round)).requestId, { choice: 'redo' })
    }
    await answer(id, (await openPrompt(id, rounds + 1)).requestId, { choice: 'ok' })
    await engine.ended(id)
    const drafts = engine.ports.events
      .of(id)
      .filter((event) => event.type === 'node:completed' && event.nodeId === 'draft')
    expect(drafts).toHaveLength(rounds + 1)
    expect(lastOf(id)).toMatchObject({ type: 'execution:completed', outputs: { result: 'draft' } })
  })

  it('goes on in fresh histories without losing a deadline, an answer or an event', async () => {
    const id = nextId()
    await engine.start(id, redoPlan, {}, { historyEventsMax: 25 })
    for (let round = 1; round <= 4; round += 1) {
      await answer(id, (await openPrompt(id, round)).requestId, { choice: 'redo' })
    }
    await answer(id, (await openPrompt(id, 5)).requestId, { choice: 'ok' })
    await engine.ended(id)
    expect(await engine.historyLength(id)).toBeLessThan(60)
    const [request] = engine.ports.events.finalizations.filter(({ executionId }) => executionId === id)
    const told = engine.ports.events.of(id).filter(({ type }) => type === 'node:completed')
    expect(told.every(({ eventId }) => request?.eventIds.includes(eventId))).toBe(true)
    expect(lastOf(id)).toMatchObject({ type: 'execution:completed' })
  })
})

describe('starting', () => {
  it('happens once, however often it is asked for, also after the end', async () => {
    const id = nextId()
    const input = { executionId: id, owner, plan: askPlan(), input: {} }
    const starts = await Promise.all([startExecution(engine.client, input), startExecution(engine.client, input)])
    expect(starts.filter(({ isNew }) => isNew)).toHaveLength(1)
    await answer(id, (await openPrompt(id)).requestId, { choice: 'approve' })
    await engine.ended(id)
    expect(await startExecution(engine.client, input)).toEqual({ isNew: false })
    expect(engine.ports.events.types(id).filter((type) => type === 'execution:started')).toHaveLength(1)
  })
})
