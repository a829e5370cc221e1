import { AppError } from '@millrace/shared/errors/app-error'
import type { Json, JsonObject } from '@millrace/shared/json'
import { z } from 'zod'

const problemsShownMax = 5

/**
 * The JSON in a model's answer, checked against the schema. Models like to wrap JSON in a code fence; that is allowed.
 * Throws AppError MODEL_OUTPUT_INVALID, or NODE_CONFIG_INVALID when the schema itself cannot be used.
 */
export function parseJsonAnswer(text: string, schema: JsonObject): Json {
  const check = checkOf(schema)
  let value: unknown
  try {
    value = JSON.parse(unfenced(text))
  } catch (cause) {
    throw new AppError(
      'MODEL_OUTPUT_INVALID',
      { reason: 'not JSON' },
      { message: 'The model answered with something that is not JSON.', cause },
    )
  }
  const result = check.safeParse(value)
  if (result.success) return value as Json
  const problems = result.error.issues
    .slice(0, problemsShownMax)
    .map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new AppError('MODEL_OUTPUT_INVALID', { problems })
}

function checkOf(schema: JsonObject): z.ZodType {
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

function unfenced(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text
}
