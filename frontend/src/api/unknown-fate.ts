import { isErrorCode } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import { type ApiError, isApiError } from './api-error.ts'

/** What the connection says of itself: nobody knows what became of the request. */
const codesWithoutAnswer: readonly string[] = ['NETWORK', 'REQUEST_TIMED_OUT', 'CLIENT_CLOSED', 'CLIENT_STOPPED']

/**
 * Whether what was sent may have counted, or may still be taken when it is sent again as it is: then it must keep its
 * idempotency key, also over a sign-in. A refusal for good belongs to its key, and what comes next is something new.
 */
export function isUnknownFate(error: unknown): boolean {
  // What is no answer at all says nothing about the request.
  if (!isApiError(error)) return true
  const { code, status } = error
  return (
    codesWithoutAnswer.includes(code) ||
    status === 401 ||
    status >= 500 ||
    (isErrorCode(code) && errorCatalogue[code].retryable)
  )
}

/** Nobody answered, or what stands before the server did in its place while the server is away. */
export function isWithoutServer({ code, status }: ApiError): boolean {
  return code === 'NETWORK' || (code === 'UNEXPECTED_ANSWER' && status >= 500)
}
