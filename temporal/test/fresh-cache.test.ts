import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerPrompt } from '../src/client/answer-prompt.ts'
import { createMemoryPorts } from './harness/memory-ports.ts'
import { drawPlan, startTestEngine, type TestEngine } from './harness/test-engine.ts'

/** Nothing is cached, so every workflow task begins with a replay, as after a restart of the worker. */
describe('a worker that remembers nothing', () => {
  let engine: TestEngine
  beforeAll(async () => {
    engine = await startTestEngine(createMemoryPorts(), { cachedWorkflowsMax: 0 })
  })
  afterAll(() => engine.stop())

  it('takes the answer to a question that was asked in the first task', async () => {
    const plan = drawPlan(
      [
        { id: 'start', type: 'start' },
        { id: 'ask', type: 'prompt', config: { kind: 'approve', title: 'Right?' } },
        { id: 'out', type: 'output', config: { fields: [{ name: 'choice', value: '{{ ask.choice }}' }] } },
      ],
      ['start>ask', 'ask:approve>out'],
    )
    await engine.start('fresh', plan)
    const requestId = 'fresh:ask'
    await engine.ports.events.waitFor('fresh', 'user:input:required')
    const answered = await answerPrompt(engine.client, {
      executionId: 'fresh',
      requestId,
      response: { choice: 'approve' },
      answeredBy: { userId: 'u1', name: 'Ada' },
      idempotencyKey: 'k1',
    })
    expect(answered.accepted).toBe(true)
    await engine.ended('fresh')
  })
})
