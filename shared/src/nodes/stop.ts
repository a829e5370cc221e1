import { z } from 'zod'
import { defineNode } from './definition.ts'

const configSchema = z.strictObject({
  outcome: z
    .enum(['failed', 'blocked'])
    .default('failed')
    .meta({ title: 'Ends as', widget: 'segmented', help: 'Blocked: nothing went wrong, but the run may not go on.' }),
  reason: z.string().min(1).max(4000).meta({ title: 'Reason', widget: 'template', rows: 3 }),
})

export const stop = defineNode({
  type: 'stop',
  title: 'Stop',
  description: 'Ends the run as failed or blocked, with a reason',
  group: 'End',
  kind: 'pure',
  icon: 'octagon-x',
  runsIn: 'universal',
  configSchema,
  defaults: () => ({ outcome: 'failed', reason: '' }),
  outputs: () => [],
  expressions: (config) => [{ path: 'reason', kind: 'template', source: config.reason }],
  outputFields: () => [],
  summary: ({ outcome, reason }) => `${outcome} · ${reason.split('\n')[0] || 'no reason yet'}`,
})
