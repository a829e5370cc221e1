import type { Plan } from '@millrace/shared/engine/plan'
import { drawPlan } from './test-engine.ts'

/** A run with everything a history can hold: pure nodes, parallel effects, a retry, a question with a deadline, a loop. */
export const historyPlan: Plan = drawPlan(
  [
    { id: 'start', type: 'start', config: { fields: [{ name: 'topic' }] } },
    { id: 'choose', type: 'condition', config: { expression: 'size(start.topic) > 0' } },
    {
      id: 'draft',
      type: 'llm',
      config: { user: 'About {{ start.topic }}' },
      retry: { maxAttempts: 3, initialIntervalMs: 10, backoffCoefficient: 1, maxIntervalMs: 10 },
    },
    { id: 'fetch', type: 'http', config: { url: 'https://example.test/{{ start.topic }}' } },
    {
      id: 'ask',
      type: 'prompt',
      config: {
        kind: 'choice',
        title: 'Good?',
        deadlineMs: 60_000,
        choices: [
          { id: 'ok', label: 'OK' },
          { id: 'redo', label: 'Redo' },
        ],
      },
    },
    {
      id: 'out',
      type: 'output',
      config: { fields: [{ name: 'result', value: '{{ draft.text }} {{ fetch.status }}' }] },
    },
  ],
  ['start>choose', 'choose:yes>draft', 'choose:yes>fetch', 'draft>ask', 'ask:redo>draft*3', 'ask:ok>out', 'fetch>out'],
)
