import { z } from 'zod'
import { defineNode } from './definition.ts'

const configSchema = z.strictObject({
  expression: z.string().min(1).max(4000).meta({ title: 'Condition', widget: 'expression' }),
})

export const condition = defineNode({
  type: 'condition',
  title: 'Condition',
  description: 'Takes one of two ways',
  group: 'Flow',
  kind: 'pure',
  icon: 'split',
  runsIn: 'universal',
  configSchema,
  defaults: () => ({ expression: '' }),
  outputs: () => [
    { id: 'yes', label: 'yes', kind: 'branch' },
    { id: 'no', label: 'no', kind: 'branch' },
  ],
  expressions: (config) => [{ path: 'expression', kind: 'cel', source: config.expression }],
  outputFields: () => [{ name: 'result', type: 'boolean', description: 'Which way was taken' }],
  summary: (config) => config.expression || 'no condition yet',
})
