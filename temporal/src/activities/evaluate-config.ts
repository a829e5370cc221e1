import { renderConfig } from '@millrace/shared/engine/expressions/render-config'
import { jsonBytes } from '@millrace/shared/engine/json-size'
import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import type { JsonObject } from '@millrace/shared/json'
import { toApplicationFailure } from '../application-failure.ts'
import type { EnginePorts } from '../ports.ts'
import type { EvaluateTask } from './engine-activities.ts'
import { resolveScope } from './resolve-scope.ts'

/** Largest rendered config, JSON bytes: it becomes part of the workflow's history, whose payloads end at 2 MiB. */
const configBytesMax = 1024 * 1024

export async function evaluateConfig({ outputs }: EnginePorts, task: EvaluateTask): Promise<JsonObject> {
  try {
    const scope = await resolveScope(outputs, task.owner, task.scope)
    const config = renderConfig(task.config, task.expressions, scope)
    const bytes = jsonBytes(config)
    if (bytes > configBytesMax) throw new AppError('OUTPUT_TOO_LARGE', { bytes, bytesMax: configBytesMax })
    return config
  } catch (error) {
    // An expression gives the same answer every time; only a store that is away is worth another try.
    throw toApplicationFailure(error, { nonRetryable: errorCodeOf(error) !== 'DATABASE_UNAVAILABLE' })
  }
}
