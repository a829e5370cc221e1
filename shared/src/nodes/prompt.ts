import { z } from 'zod'
import { defineNode, type ExpressionRef, type Port } from './definition.ts'
import { FormField } from './field.ts'

/** One way to answer a choice. Its id is the port that is taken. */
export const PromptChoice = z.strictObject({
  id: z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,40}$/, 'Use letters, digits and _, beginning with a letter.'),
  label: z.string().min(1).max(80),
  help: z.string().max(200).optional(),
  /** Asks for a text with the choice: the edited draft, the reason, what to do better. */
  text: z
    .strictObject({
      label: z.string().min(1).max(120),
      required: z.boolean().default(true),
      /** Template of what the text begins with; empty: an empty field. */
      initial: z.string().max(50_000).default(''),
    })
    .optional(),
})
export type PromptChoice = z.output<typeof PromptChoice>

const configSchema = z.strictObject({
  kind: z.enum(['approve', 'choice', 'form', 'text']).default('approve').meta({ title: 'Kind', widget: 'segmented' }),
  title: z.string().min(1).max(500).meta({ title: 'Question', widget: 'template', rows: 1 }),
  /** Markdown shown above the answer: what was produced, what to look at. */
  body: z.string().max(50_000).default('').meta({ title: 'Context', widget: 'template', rows: 4 }),
  choices: z
    .array(PromptChoice)
    .max(9)
    .default([])
    .meta({ title: 'Choices', widget: 'choices', when: { kind: 'choice' } }),
  fields: z
    .array(FormField)
    .max(30)
    .default([])
    .meta({ title: 'Fields', widget: 'fields', when: { kind: 'form' } }),
  /** How long the question stays open. Without it, until the run is cancelled. */
  deadlineMs: z
    .int()
    .min(1000)
    .max(30 * 24 * 60 * 60 * 1000)
    .optional()
    .meta({ title: 'Deadline', widget: 'duration', unit: 'ms' }),
  /** Counted from the question. Those that come after the deadline never come. */
  remindAfterMs: z
    .array(
      z
        .int()
        .min(1000)
        .max(30 * 24 * 60 * 60 * 1000),
    )
    .max(5)
    .default([])
    .meta({ title: 'Remind after', widget: 'durations', unit: 'ms', help: 'While nobody has answered.' }),
})

export const approveChoices: PromptChoice[] = [
  { id: 'approve', label: 'Approve' },
  { id: 'reject', label: 'Reject', text: { label: 'Reason', required: false, initial: '' } },
]

function answerPorts(config: z.output<typeof configSchema>): Port[] {
  if (config.kind === 'approve') return approveChoices.map(({ id }) => ({ id, label: id, kind: 'branch' }))
  if (config.kind === 'choice')
    return config.choices.map(({ id, label }) => ({ id, label: label.toLowerCase(), kind: 'branch' }))
  return [{ id: 'out', label: 'answered', kind: 'main' }]
}

const deadlineUnits: [number, string][] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
]

function shortDuration(ms: number): string {
  const [unitMs, unit] = deadlineUnits.find(([size]) => ms >= size) ?? [1000, 's']
  return `${Math.round(ms / unitMs)} ${unit}`
}

export const prompt = defineNode({
  type: 'prompt',
  title: 'Ask a person',
  description: 'Waits for an approval, a choice, a form or a text',
  group: 'People',
  kind: 'wait',
  icon: 'user-check',
  runsIn: 'universal',
  configSchema,
  defaults: () => ({ kind: 'approve', title: 'Is this right?' }),
  outputs: (config) => [
    ...answerPorts(config),
    ...(config.deadlineMs === undefined ? [] : [{ id: 'expired', label: 'expired', kind: 'expired' } as const]),
  ],
  expressions: (config) => [
    { path: 'title', kind: 'template', source: config.title },
    { path: 'body', kind: 'template', source: config.body },
    ...config.choices.flatMap((choice, index): ExpressionRef[] =>
      choice.text?.initial
        ? [{ path: `choices.${index}.text.initial`, kind: 'template', source: choice.text.initial }]
        : [],
    ),
  ],
  outputFields: (config) => [
    ...(config.kind === 'approve' || config.kind === 'choice'
      ? [{ name: 'choice', type: 'string' as const, description: 'Id of the choice' }]
      : []),
    ...(config.kind === 'form' ? config.fields.map((field) => ({ name: field.name, type: 'any' as const })) : []),
    ...(config.kind === 'form'
      ? []
      : [{ name: 'text', type: 'string' as const, description: 'The text given with the answer' }]),
    { name: 'answered_by', type: 'string', description: 'Who answered' },
  ],
  summary: (config) => {
    const kinds = {
      approve: 'approve or reject',
      choice: `${config.choices.length} choices`,
      form: `${config.fields.length} fields`,
      text: 'a text',
    }
    return config.deadlineMs === undefined
      ? kinds[config.kind]
      : `${kinds[config.kind]} · ${shortDuration(config.deadlineMs)}`
  },
})
