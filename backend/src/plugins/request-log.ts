import type { FastifyInstance } from 'fastify'
import { withoutToken } from '../logging/create-logger.ts'

/**
 * Names every request in its answer, and writes one line when it is done. Readings that went well are only
 * of interest to who debugs.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    if (request.routeOptions.logLevel === 'warn') return
    const isQuiet = reply.statusCode < 400 && (request.method === 'GET' || request.method === 'HEAD')
    const fields = {
      method: request.method,
      url: withoutToken(request.url),
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      ...(request.identity === null ? {} : { userId: request.identity.userId }),
    }
    if (isQuiet) request.log.debug(fields, 'answered')
    else request.log.info(fields, 'answered')
  })
}
