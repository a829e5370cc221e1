import { z } from 'zod'
import { defineNode, type OutputField, outPort } from './definition.ts'
import { FormField } from './field.ts'

const outputType: Record<FormField['type'], OutputField['type']> = {
  text: 'string',
  textarea: 'string',
  number: 'number',
  boolean: 'boolean',
  select: 'string',
  json: 'any',
}

const configSchema = z.strictObject({
  fields: z.array(FormField).max(50).default([]).meta({ title: 'Fields', widget: 'fields' }),
})

export const start = defineNode({
  type: 'start',
  title: 'Start',
  description: 'Begins a run and asks for its input',
  group: 'Start',
  kind: 'trigger',
  icon: 'clipboard-list',
  runsIn: 'universal',
  configSchema,
  defaults: () => ({ fields: [{ name: 'topic', label: 'Topic', type: 'text', required: true }] }),
  outputs: () => [outPort],
  expressions: () => [],
  outputFields: (config) =>
    config.fields.map((field) => ({
      name: field.name,
      type: outputType[field.type],
      description: field.label || field.name,
    })),
  summary: ({ fields }) => {
    if (fields.length === 0) return 'No input'
    const named = fields.slice(0, 2).map((field) => field.name)
    const more = fields.length - named.length
    return `Form · ${named.join(', ')}${more > 0 ? `, ${more} more` : ''}`
  },
})
