import type { Json, JsonObject } from '../json.ts'
import { engineLimits } from './engine-limits.ts'
import { type EngineState, nodeIdOfPath } from './engine-state.ts'
import { type FieldProblem, readForm } from './form-values.ts'
import { jsonBytes } from './json-size.ts'
import type { Plan } from './plan.ts'
import { planIndex } from './plan-index.ts'
import { type PromptConfig, promptConfigOf } from './prompt-request.ts'
import type { AnswerCheck } from './protocol.ts'

/**
 * Whether an answer would be accepted now, and its normal form: `{ choice, text? }`, `{ field: value }` or `{ text }`.
 * Pure and without effect, so it can be a Temporal validator. Liberal in form: `"approve"`, `true`, `{ approved: true }`.
 */
export function checkAnswer(plan: Plan, state: EngineState, requestId: string, response: unknown): AnswerCheck {
  const prompt = Object.hasOwn(state.prompts, requestId) ? state.prompts[requestId] : undefined
  const node = prompt === undefined ? undefined : planIndex(plan).nodes.get(nodeIdOfPath(prompt.nodePath))
  if (prompt === undefined || node === undefined)
    return { ok: false, code: 'PROMPT_NOT_FOUND', message: 'There is no such question.' }
  if (prompt.status === 'answered') {
    const { answeredBy, answeredAt } = prompt
    const details = {
      ...(answeredBy === undefined ? {} : { answeredBy: { ...answeredBy } }),
      ...(answeredAt === undefined ? {} : { answeredAt }),
    }
    return {
      ok: false,
      code: 'PROMPT_ALREADY_ANSWERED',
      message: `${answeredBy?.name ?? 'Somebody'} has answered already.`,
      details,
    }
  }
  if (prompt.status !== 'open') {
    const message =
      prompt.status === 'expired' ? 'The question has expired.' : 'The question was withdrawn because its run ended.'
    return { ok: false, code: 'PROMPT_CLOSED', message }
  }
  return readAnswer(promptConfigOf(node.config), response)
}

/** Reads an answer by the question's set-up alone. */
export function readAnswer(config: PromptConfig, response: unknown): AnswerCheck {
  const read =
    config.kind === 'form'
      ? readFormAnswer(config, response)
      : config.kind === 'text'
        ? readTextAnswer(response)
        : readChoice(config, response)
  if (read.ok && jsonBytes(read.response) > engineLimits.outputBytesMax)
    return invalid('', `The answer may have ${engineLimits.outputBytesMax / 1024} KiB.`)
  return read
}

function invalid(field: string, message: string): AnswerCheck {
  return invalidFields([{ field, message }])
}

function invalidFields(problems: FieldProblem[]): AnswerCheck {
  const message = problems.map((one) => one.message).join(' ')
  return {
    ok: false,
    code: 'PROMPT_RESPONSE_INVALID',
    message,
    details: { problems: problems.map((one) => ({ ...one })) },
  }
}

function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
}

function readFormAnswer(config: PromptConfig, response: unknown): AnswerCheck {
  const object = asObject(response)
  if (object === null) return invalid('', 'The answer must be an object with the fields of the form.')
  const known = Object.fromEntries(
    config.fields.flatMap(({ name }): [string, Json][] =>
      object[name] === undefined || !Object.hasOwn(object, name) ? [] : [[name, object[name] ?? null]],
    ),
  )
  const form = readForm(config.fields, known)
  return form.ok ? { ok: true, response: form.values } : invalidFields(form.problems)
}

function readTextAnswer(response: unknown): AnswerCheck {
  const text = typeof response === 'string' ? response : asObject(response)?.text
  if (typeof text !== 'string' || text.trim() === '') return invalid('text', 'Write an answer.')
  return text.length > engineLimits.answerTextCharactersMax ? tooLong() : { ok: true, response: { text } }
}

function tooLong(): AnswerCheck {
  return invalid('text', `A text may be at most ${engineLimits.answerTextCharactersMax} characters long.`)
}

function readChoice(config: PromptConfig, response: unknown): AnswerCheck {
  const id = choiceId(config, response)
  const choice = config.choices.find((one) => one.id === id)
  if (choice === undefined)
    return invalid('choice', `Choose one of: ${config.choices.map((one) => one.id).join(', ')}.`)
  const text = asObject(response)?.text ?? ''
  if (typeof text !== 'string') return invalid('text', 'The text must be a text.')
  if (text.length > engineLimits.answerTextCharactersMax) return tooLong()
  if (choice.text?.required === true && text.trim() === '') return invalid('text', `${choice.text.label} is required.`)
  return { ok: true, response: { choice: choice.id, ...(text === '' ? {} : { text }) } }
}

function choiceId(config: PromptConfig, response: unknown): unknown {
  const object = asObject(response)
  const given = object === null ? response : (object.choice ?? object.approved)
  if (config.kind === 'approve' && typeof given === 'boolean') return given ? 'approve' : 'reject'
  return given
}
