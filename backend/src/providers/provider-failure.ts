import { AppError } from '@millrace/shared/errors/app-error'
import { APICallError, InvalidPromptError, LoadAPIKeyError, NoSuchModelError, UnsupportedFunctionalityError } from 'ai'

const messageCharactersMax = 400

/** Statuses that say "later": timeouts, conflicts of simultaneous requests, too many requests. All 5xx do as well. */
const laterStatuses = new Set([408, 409, 425, 429])

/**
 * What went wrong at a provider, in our catalogue: PROVIDER_UNAVAILABLE may be tried again, PROVIDER_REJECTED not.
 * Carries no cause: the libraries' errors hold request bodies and answers that may repeat the key.
 */
export function providerFailure(provider: string, error: unknown, secret: string): AppError {
  if (APICallError.isInstance(error)) return failureOfStatus(provider, error, secret)
  const rejected = [InvalidPromptError, LoadAPIKeyError, NoSuchModelError, UnsupportedFunctionalityError].some((kind) =>
    kind.isInstance(error),
  )
  const code = rejected || isInvalidRequest(error) ? 'PROVIDER_REJECTED' : 'PROVIDER_UNAVAILABLE'
  return new AppError(code, { provider }, { message: sentenceOf(code, messageOf(error), secret) })
}

/** The stream ended, yet the model never said that it had finished. */
export function answerBrokeOff(provider: string): AppError {
  return new AppError('PROVIDER_UNAVAILABLE', { provider }, { message: 'The answer of the model provider broke off.' })
}

function failureOfStatus(provider: string, error: APICallError, secret: string): AppError {
  const status = error.statusCode
  if (status === undefined)
    return new AppError(
      'PROVIDER_UNAVAILABLE',
      { provider },
      { message: sentenceOf('PROVIDER_UNAVAILABLE', networkReason(error), secret) },
    )
  const code = status < 400 || status >= 500 || laterStatuses.has(status) ? 'PROVIDER_UNAVAILABLE' : 'PROVIDER_REJECTED'
  const details = { provider, status }
  // Answers to a wrong key like to quote it.
  if (status === 401 || status === 403)
    return new AppError(code, details, { message: `The model provider refused the credential (status ${status}).` })
  return new AppError(code, details, { message: sentenceOf(code, `status ${status}: ${error.message}`, secret) })
}

function networkReason(error: APICallError): string {
  const { cause } = error
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? `${error.message} (${cause.code})`
    : error.message
}

/** Errors inside a stream arrive as plain objects: `{ type: 'invalid_request_error', message }`, possibly one level down. */
function isInvalidRequest(error: unknown): boolean {
  return /"type":"(?:invalid_request|authentication|permission|not_found)_error"/.test(jsonOf(error))
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message
  if (typeof error === 'string') return error
  return /"message":"((?:[^"\\]|\\.)*)"/.exec(jsonOf(error))?.[1] ?? 'no reason given'
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    // Circular: it has no text worth reading.
    return ''
  }
}

function sentenceOf(code: 'PROVIDER_UNAVAILABLE' | 'PROVIDER_REJECTED', reason: string, secret: string): string {
  const start =
    code === 'PROVIDER_REJECTED'
      ? 'The model provider refused the request'
      : 'The model provider did not answer as it should'
  return `${start} (${redact(reason, secret)}).`
}

function redact(text: string, secret: string): string {
  const clipped = (secret.length >= 4 ? text.replaceAll(secret, '[redacted]') : text).replace(
    /\b(?:sk|key|pk)-[\w*-]{4,}/gi,
    '[redacted]',
  )
  return clipped.length <= messageCharactersMax ? clipped : `${clipped.slice(0, messageCharactersMax)}…`
}
