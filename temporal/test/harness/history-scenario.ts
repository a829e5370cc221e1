import type { Plan } from '@millrace/shared/engine/plan'
import { answerPrompt } from '../../src/client/answer-prompt.ts'
import { pauseExecution, resumeExecution } from '../../src/client/pause-execution.ts'
import { drawPlan, type TestEngine } from './test-engine.ts'

/** A run that is worth keeping as a history: its plan, and what people do to it. */
export interface HistoryScenario {
  plan: Plan
  play(engine: TestEngine, executionId: string): Promise<void>
}

const by = { userId: 'u1', name: 'Ada' }

async function answer(engine: TestEngine, executionId: string, round: number, choice: string): Promise<void> {
  const { requestId } = await engine.ports.events.waitFor(
    executionId,
    'user:input:required',
    ({ iteration }) => iteration === round,
  )
  const response = { choice }
  const idempotencyKey = `key-${round}`
  await answerPrompt(engine.client, { executionId, requestId, response, answeredBy: by, idempotencyKey })
}

const choices = [
  { id: 'ok', label: 'OK' },
  { id: 'redo', label: 'Redo' },
]
const start = { id: 'start', type: 'start', config: { fields: [{ name: 'topic' }] } }
const draft = {
  id: 'draft',
  type: 'llm',
  config: { user: 'About {{ start.topic }}' },
  retry: { maxAttempts: 3, initialIntervalMs: 10, backoffCoefficient: 1, maxIntervalMs: 10 },
}

/** Pure nodes, parallel effects, a retry, a question with a deadline, a loop. */
const reviewDesk: HistoryScenario = {
  plan: drawPlan(
    [
      start,
      { id: 'choose', type: 'condition', config: { expression: 'size(start.topic) > 0' } },
      draft,
      { id: 'fetch', type: 'http', config: { url: 'https://example.test/{{ start.topic }}' } },
      { id: 'ask', type: 'prompt', config: { kind: 'choice', title: 'Good?', deadlineMs: 60_000, choices } },
      {
        id: 'out',
        type: 'output',
        config: { fields: [{ name: 'result', value: '{{ draft.text }} {{ fetch.status }}' }] },
      },
    ],
    [
      'start>choose',
      'choose:yes>draft',
      'choose:yes>fetch',
      'draft>ask',
      'ask:redo>draft*3',
      'ask:ok>out',
      'fetch>out',
    ],
  ),
  async play(engine, executionId) {
    await answer(engine, executionId, 1, 'redo')
    await answer(engine, executionId, 2, 'ok')
  },
}

/** A question with reminders, an answer while the run is paused, and a stop node. */
const pausedDesk: HistoryScenario = {
  plan: drawPlan(
    [
      start,
      draft,
      { id: 'ask', type: 'prompt', config: { kind: 'choice', title: 'Good?', remindAfterMs: [1000, 60_000], choices } },
      { id: 'halt', type: 'stop', config: { outcome: 'blocked', reason: 'Enough of {{ start.topic }}' } },
    ],
    ['start>draft', 'draft>ask', 'ask:redo>draft*3', 'ask:ok>halt'],
  ),
  async play(engine, executionId) {
    await engine.ports.events.waitFor(executionId, 'user:input:reminder')
    await pauseExecution(engine.client, { executionId, by, idempotencyKey: 'pause' })
    await answer(engine, executionId, 1, 'redo')
    await resumeExecution(engine.client, { executionId, by, idempotencyKey: 'resume' })
    await answer(engine, executionId, 2, 'ok')
  },
}

export const historyScenarios: Readonly<Record<string, HistoryScenario>> = {
  'review-desk': reviewDesk,
  'paused-desk': pausedDesk,
}
