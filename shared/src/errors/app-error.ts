import { type ErrorBehaviour, type ErrorCode, errorCatalogue } from './catalogue.ts'

export type ErrorDetails = Record<string, unknown>

/** The one body that HTTP answers and socket `error` messages share. */
export interface ErrorBody {
  code: ErrorCode
  message: string
  details?: ErrorDetails
}

/**
 * The one error class of the product. Recognise it by `code`, never by `instanceof`:
 * errors cross sandboxes, processes and JSON.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: ErrorDetails | undefined

  /** `details` must hold no secret: it reaches callers and logs. */
  constructor(code: ErrorCode, details?: ErrorDetails, options?: { message?: string; cause?: unknown }) {
    super(
      options?.message ?? errorCatalogue[code].message,
      options?.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
    this.details = details
  }

  get behaviour(): ErrorBehaviour {
    return errorCatalogue[this.code]
  }
}

/** A broken promise of our own code: logged with the tag `invariant-violation`, answered as INTERNAL. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
  readonly code = 'INTERNAL'
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCatalogue, value)
}

/** The catalogue code that any thrown value carries, or null when it is none of ours. */
export function errorCodeOf(error: unknown): ErrorCode | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return isErrorCode(error.code) ? error.code : null
}

/** What a caller may see of any thrown value: unknown errors and unexposed ones become INTERNAL with a fixed sentence. */
export function toErrorBody(error: unknown): ErrorBody {
  const code = errorCodeOf(error)
  if (code === null || !errorCatalogue[code].expose) {
    return { code: code ?? 'INTERNAL', message: errorCatalogue[code ?? 'INTERNAL'].message }
  }
  const { message, details } = error as AppError
  return details === undefined ? { code, message } : { code, message, details }
}
