import { AppError, type ErrorDetails, errorCodeOf, isErrorCode } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'

/** First detail of every failure we throw. */
export interface FailureDetails {
  attempt?: number
  details?: ErrorDetails
}

export interface FailureOptions {
  attempt?: number
  /** Overrides what the catalogue says about trying again. */
  nonRetryable?: boolean
  /** Milliseconds until the next attempt; without it the server's policy decides. */
  nextRetryDelayMs?: number
}

/** The failure that carries an error over Temporal: `type` is the code, the first detail holds the rest. */
export function toApplicationFailure(error: unknown, options: FailureOptions = {}): ApplicationFailure {
  const shown = toShownError(error)
  const details: FailureDetails = {
    ...(options.attempt === undefined ? {} : { attempt: options.attempt }),
    ...(shown.details === undefined ? {} : { details: shown.details }),
  }
  return ApplicationFailure.create({
    type: shown.code,
    message: shown.message,
    nonRetryable: options.nonRetryable ?? !errorCatalogue[shown.code].retryable,
    details: [details],
    // A delay of 0 would mean "not set".
    ...(options.nextRetryDelayMs === undefined ? {} : { nextRetryDelay: Math.max(1, options.nextRetryDelayMs) }),
    // A failed step is what the run is about, not a fault of the worker: no warning in its log.
    category: ApplicationFailureCategory.BENIGN,
    cause: error instanceof Error ? error : undefined,
  })
}

/** The way back. Anything that is not one of our failures becomes INTERNAL with the cause kept. */
export function toAppError(failure: unknown): AppError {
  if (failure instanceof AppError) return failure
  if (failure instanceof ApplicationFailure && isErrorCode(failure.type)) {
    const [first] = failure.details ?? []
    const details = isFailureDetails(first) ? first.details : undefined
    return new AppError(failure.type, details, { message: failure.message, cause: failure })
  }
  return new AppError('INTERNAL', undefined, { cause: failure })
}

function isFailureDetails(value: unknown): value is FailureDetails {
  return typeof value === 'object' && value !== null
}

/** What may be shown of any thrown value: errors that are none of ours keep their text to the log. */
export function toShownError(error: unknown): AppError {
  const code = errorCodeOf(error)
  if (code === null || !errorCatalogue[code].expose)
    return new AppError(code ?? 'INTERNAL', undefined, { cause: error })
  return error as AppError
}
