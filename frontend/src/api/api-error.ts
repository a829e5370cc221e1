import type { ErrorCode } from '@millrace/shared/errors/catalogue'

/** Codes that only this side of the wire can give. */
export type ClientErrorCode = 'NETWORK' | 'UNEXPECTED_ANSWER'

/** Every failure of a request. `status` 0: no answer came. Recognise it by `code`. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: ErrorCode | ClientErrorCode | (string & {})
  readonly details: Record<string, unknown> | undefined
  readonly requestId: string | undefined

  constructor(
    status: number,
    code: string,
    message: string,
    more: { details?: Record<string, unknown>; requestId?: string } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.details = more.details
    this.requestId = more.requestId
  }
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof Error && error.name === 'ApiError'
}

/** The code of any failure, for small print. */
export function errorCodeText(error: unknown): string {
  return isApiError(error) ? error.code : 'INTERNAL'
}

/** The sentence a person reads about any failure. */
export function errorMessage(error: unknown): string {
  if (isApiError(error)) return error.message
  return error instanceof Error ? error.message : 'Something went wrong.'
}

/**
 * Messages by field of an INVALID_INPUT answer. Understands `details.fields: { name: message }` and
 * `details.issues: [{ path, message }]`; empty for everything else.
 */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!isApiError(error) || error.details === undefined) return {}
  const { fields, issues } = error.details
  const found: Record<string, string> = {}
  if (typeof fields === 'object' && fields !== null) {
    for (const [name, message] of Object.entries(fields)) if (typeof message === 'string') found[name] = message
  }
  if (Array.isArray(issues)) {
    for (const issue of issues as { path?: unknown; message?: unknown }[]) {
      const name = Array.isArray(issue.path) ? issue.path.join('.') : issue.path
      if (typeof name === 'string' && typeof issue.message === 'string') found[name] ??= issue.message
    }
  }
  return found
}
