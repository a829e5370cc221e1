import { z } from 'zod'
import { defineNode } from './definition.ts'
import { FieldName } from './field.ts'

const OutputValue = z.strictObject({
  name: FieldName,
  kind: z.enum(['cel', 'template']).default('template'),
  value: z.string().max(50_000).default(''),
})

const configSchema = z.strictObject({
  fields: z.array(OutputValue).min(1).max(50).meta({ title: 'Results', widget: 'setFields' }),
})

export const output = defineNode({
  type: 'output',
  title: 'Output',
  description: 'Gives the run its result',
  group: 'End',
  kind: 'pure',
  icon: 'send',
  runsIn: 'universal',
  configSchema,
  defaults: () => ({ fields: [{ name: 'result', kind: 'template', value: '' }] }),
  outputs: () => [],
  expressions: (config) =>
    config.fields.map((field, index) => ({ path: `fields.${index}.value`, kind: field.kind, source: field.value })),
  outputFields: (config) =>
    config.fields.map((field) => ({ name: field.name, type: field.kind === 'template' ? 'string' : 'any' })),
  summary: (config) => `Output · ${config.fields.map((field) => field.name).join(', ')}`,
})
