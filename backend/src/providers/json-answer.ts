import { AppError } from '@millrace/shared/errors/app-error'
import type { Json, JsonObject } from '@millrace/shared/json'
import { z } from 'zod'

const problemsShownMax = 5

/** Reads the JSON in a model's answer and checks it. Throws AppError MODEL_OUTPUT_INVALID. */
export type AnswerCheck = (text: string) => Json

/** Throws AppError NODE_CONFIG_INVALID when the schema cannot be used, which is known before any model is asked. */
export function answerCheckOf(schema: JsonObject): AnswerCheck {
  const check = compile(schema)
  return (text) => {
    let value: Json
    try {
      value = JSON.parse(unfenced(text)) as Json
    } catch {
      throw new AppError(
        'MODEL_OUTPUT_INVALID',
        { reason: 'not JSON' },
        { message: 'The model answered with something that is not JSON.' },
      )
    }
    const result = check.safeParse(value)
    if (result.success) return value
    const problems = result.error.issues
      .slice(0, problemsShownMax)
      .map(({ path, message }) => ({ path: path.join('.'), message }))
    throw new AppError('MODEL_OUTPUT_INVALID', { problems })
  }
}

function compile(schema: JsonObject): z.ZodType {
  try {
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
  } catch (cause) {
    throw new AppError(
      'NODE_CONFIG_INVALID',
      { field: 'outputSchema' },
      { message: 'The output schema is not a JSON Schema that can be used.', cause },
    )
  }
}

/** Models like to wrap JSON in a code fence. */
function unfenced(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text
}
