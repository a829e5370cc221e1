import type { ErrorAnswer } from '@millrace/shared/api/page'
import { AppError, errorCodeOf, toErrorBody } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { nameConnectionError } from '../repositories/connection-error.ts'

/** Seconds after which a caller may try again when the error does not say. */
const retryAfterSeconds = 1

/** Makes every failure the one shape `{ code, message, details?, requestId }`; what is none of ours becomes INTERNAL and is logged. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(toAppError(error), error, request, reply))
}

export async function sendError(
  shown: unknown,
  cause: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const code = errorCodeOf(shown) ?? 'INTERNAL'
  const { httpStatus, expose, retryable } = errorCatalogue[code]
  if (httpStatus >= 500) {
    const tag = cause instanceof Error && cause.name === 'InvariantError' ? 'invariant-violation' : 'request-failed'
    request.log.error(
      { tag, err: cause, code },
      expose ? 'a part that the request needs is away' : 'the request failed',
    )
  }
  if (retryable && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfterSeconds)
  const answer: ErrorAnswer = { ...toErrorBody(shown), requestId: request.id }
  // Past the serializer: its schemas are those of the answers that succeed.
  return reply.code(httpStatus).type('application/json; charset=utf-8').serializer(JSON.stringify).send(answer)
}

/** Fastify's own refusals in the words of the catalogue. */
function toAppError(error: FastifyError): unknown {
  const named = nameConnectionError(error)
  if (errorCodeOf(named) !== null) return named
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map(({ instancePath, message }) => ({
      path: instancePath.replace(/^\//, '').replaceAll('/', '.'),
      message: message ?? 'is not valid',
    }))
    const [first] = issues
    const where = first?.path === undefined || first.path === '' ? '' : `${first.path}: `
    return new AppError(
      'INVALID_INPUT',
      { in: error.validationContext ?? 'body', issues },
      first === undefined ? undefined : { message: `${where}${first.message}` },
    )
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
      return new AppError('PAYLOAD_TOO_LARGE')
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new AppError('MALFORMED_JSON')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError('INVALID_INPUT', undefined, { message: 'Send JSON with content-type: application/json.' })
  }
  const isTheirFault = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
  if (error instanceof SyntaxError && isTheirFault) return new AppError('MALFORMED_JSON')
  if (error.statusCode === 413) return new AppError('PAYLOAD_TOO_LARGE')
  if (error.statusCode === 404) return new AppError('NOT_FOUND')
  // Of our plugins' and the parser's refusals; the text is theirs and holds nothing of ours.
  if (isTheirFault) return new AppError('INVALID_INPUT', { reason: error.code })
  return error
}
