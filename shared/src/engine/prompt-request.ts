import { AppError } from '../errors/app-error.ts'
import type { PromptInputType } from '../events/user-input.ts'
import type { JsonObject } from '../json.ts'
import type { FormField } from '../nodes/field.ts'
import type { PromptChoice } from '../nodes/prompt.ts'
import { engineLimits } from './engine-limits.ts'
import { jsonBytes } from './json-size.ts'
import { nodeStateOf, type StepDraft } from './step-draft.ts'

/** `<executionId>:<nodePath>`: also the id of the deadline's timer. */
export function requestIdOf(draft: StepDraft, nodeId: string): string {
  return `${draft.state.executionId}:${nodeStateOf(draft, nodeId).path}`
}

/** The set-up of a question as the plan holds it; `compilePlan` has put the choices of an approval there too. */
export interface PromptConfig {
  kind: 'approve' | 'choice' | 'form' | 'text'
  title: string
  body: string
  choices: PromptChoice[]
  fields: FormField[]
  deadlineMs?: number
  /** Missing in plans from before there were reminders. */
  remindAfterMs?: number[]
}

export function promptConfigOf(config: JsonObject): PromptConfig {
  return config as unknown as PromptConfig
}

export const inputTypes: Record<PromptConfig['kind'], PromptInputType> = {
  approve: 'approval',
  choice: 'choice',
  form: 'form',
  text: 'text',
}

/** The fields of `user:input:required` that the set-up decides. Throws AppError OUTPUT_TOO_LARGE. */
export function promptFields(config: PromptConfig) {
  const hasChoices = config.kind === 'approve' || config.kind === 'choice'
  const fields = {
    prompt: config.title,
    ...(config.body === '' ? {} : { body: config.body }),
    inputType: inputTypes[config.kind],
    validation: answerSchema(config),
    ...(hasChoices ? { choices: config.choices } : {}),
    ...(config.kind === 'form' ? { fields: config.fields } : {}),
  }
  const bytes = jsonBytes(fields as unknown as JsonObject)
  if (bytes > engineLimits.promptBytesMax) {
    throw new AppError(
      'OUTPUT_TOO_LARGE',
      { bytes, bytesMax: engineLimits.promptBytesMax },
      { message: 'The question with its context is too long.' },
    )
  }
  return fields
}

const text = { type: 'string', maxLength: engineLimits.answerTextCharactersMax }

/** What an answer must fit, as JSON Schema. */
function answerSchema(config: PromptConfig): JsonObject {
  if (config.kind === 'text')
    return { type: 'object', required: ['text'], properties: { text: { ...text, minLength: 1 } } }
  if (config.kind === 'form') {
    return {
      type: 'object',
      required: config.fields.filter(({ required }) => required).map(({ name }) => name),
      properties: Object.fromEntries(config.fields.map((field) => [field.name, fieldSchema(field)])),
    }
  }
  return {
    type: 'object',
    required: ['choice'],
    properties: { choice: { enum: config.choices.map(({ id }) => id) }, text },
  }
}

function fieldSchema(field: FormField): JsonObject {
  const { type, options, maxLength, min, max } = field
  if (type === 'json') return {}
  if (type === 'boolean') return { type: 'boolean' }
  if (type === 'number')
    return {
      type: 'number',
      ...(min === undefined ? {} : { minimum: min }),
      ...(max === undefined ? {} : { maximum: max }),
    }
  if (type === 'select') return { enum: options ?? [] }
  return { type: 'string', maxLength: maxLength ?? engineLimits.answerTextCharactersMax }
}
