import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import type { EventError } from '@millrace/shared/events/envelope'
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common'

/** What the interpreter is told of an activity that ended without a result. */
export interface EffectFailure {
  error: EventError
  attempt?: number
}

/** Reads our code, message and details out of what Temporal wraps around them. */
export function describeEffectFailure(failure: unknown): EffectFailure {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure
  if (cause instanceof ApplicationFailure) {
    const first = readDetails(cause.details?.[0])
    return {
      error: {
        code: cause.type ?? 'INTERNAL',
        message: cause.message,
        ...(first.details === undefined ? {} : { details: first.details }),
      },
      ...(first.attempt === undefined ? {} : { attempt: first.attempt }),
    }
  }
  // The attempt's own clock is shorter than the server's, so only a lost worker lets the server's run out.
  if (cause instanceof TimeoutFailure) return { error: catalogued('WORKER_LOST') }
  return { error: catalogued('INTERNAL') }
}

export function catalogued(code: 'WORKER_LOST' | 'INTERNAL' | 'OUTPUT_TOO_LARGE'): EventError {
  return { code, message: errorCatalogue[code].message }
}

function readDetails(value: unknown): { attempt?: number; details?: Record<string, unknown> } {
  if (typeof value !== 'object' || value === null) return {}
  const { attempt, details } = value as { attempt?: unknown; details?: unknown }
  return {
    ...(typeof attempt === 'number' ? { attempt } : {}),
    ...(typeof details === 'object' && details !== null ? { details: details as Record<string, unknown> } : {}),
  }
}
