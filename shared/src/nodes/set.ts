import { z } from 'zod'
import { defineNode, outPort } from './definition.ts'
import { FieldName } from './field.ts'

const SetField = z.strictObject({
  name: FieldName,
  /** cel: a value of any type; template: a text. */
  kind: z.enum(['cel', 'template']).default('template'),
  value: z.string().max(50_000).default(''),
})

const configSchema = z.strictObject({
  fields: z.array(SetField).min(1).max(100).meta({ title: 'Fields', widget: 'setFields' }),
})

export const set = defineNode({
  type: 'set',
  title: 'Set fields',
  description: 'Makes values from earlier ones',
  group: 'Data',
  kind: 'pure',
  icon: 'braces',
  runsIn: 'universal',
  configSchema,
  defaults: () => ({ fields: [{ name: 'value', kind: 'template', value: '' }] }),
  outputs: () => [outPort],
  expressions: (config) =>
    config.fields.map((field, index) => ({ path: `fields.${index}.value`, kind: field.kind, source: field.value })),
  outputFields: (config) =>
    config.fields.map((field) => ({ name: field.name, type: field.kind === 'template' ? 'string' : 'any' })),
  summary: (config) => config.fields.map((field) => field.name).join(', '),
})
