import { AppError } from '@millrace/shared/errors/app-error'
import { acceptJson } from '@millrace/shared/protocol/incoming-json'
import type { FastifyInstance } from 'fastify'

/** JSON bodies. Enough for the largest workflow (1 MiB) with everything around it; uploads stream and have bounds of their own. */
export const bodyBytesMax = 4 * 1024 * 1024

/**
 * Reads JSON, and lets POST, PUT and DELETE come without a body, also when they announce JSON: an empty
 * body is an empty object, so that a route whose fields are all optional can be called with nothing.
 */
export function readRequestBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined)
    return parseJson(request, body, (error, value: unknown) => {
      if (error !== null) return done(error, undefined)
      let accepted: unknown
      try {
        accepted = acceptJson(value, body)
      } catch (refusal) {
        return done(refusal as Error, undefined)
      }
      return done(null, accepted)
    })
  })
  app.addHook('onRequest', async (request) => {
    if (request.url.includes('%00')) {
      throw new AppError('INVALID_INPUT', undefined, {
        message: 'The address holds a character that no text may have.',
      })
    }
  })
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined && request.method !== 'GET' && request.method !== 'HEAD') request.body = {}
  })
}
