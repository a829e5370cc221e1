import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { beginRequest, endRequest, hashRequest } from '../commands/idempotent-request.ts'
import { callerKey, identityKey } from '../policies/caller.ts'
import type { Database } from '../repositories/database.ts'
import type { IdempotencyRow } from '../repositories/idempotency-keys.ts'
import { identityOfRequest } from './authentication.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by routes that start or decide something: `Idempotency-Key` makes a repeated request count once. */
    idempotent?: true
  }
  interface FastifyRequest {
    /**
     * The same for every try of one request, across crashes too, and for no other request. Null: no key
     * came. What a handler creates under an id made from it is created once.
     */
    idempotencySeed: string | null
    /** The row this request has to complete. */
    idempotencyRow: IdempotencyRow | null
  }
}

export const idempotencyKeyCharactersMax = 255

/**
 * The same key with the same request gets the first one's answer; with another request it is refused. Of
 * requests at the same time one works and the others wait for its answer. Answers are kept for a day.
 */
export function honourIdempotencyKeys(app: FastifyInstance, database: Database): void {
  app.decorateRequest('idempotencySeed', null)
  app.decorateRequest('idempotencyRow', null)

  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key']
    if (request.routeOptions.config.idempotent === undefined || typeof key !== 'string' || key === '') return
    if (key.length > idempotencyKeyCharactersMax) {
      throw new AppError('INVALID_INPUT', { header: 'Idempotency-Key', charactersMax: idempotencyKeyCharactersMax })
    }
    const caller = request.caller === null ? identityKey(identityOfRequest(request)) : callerKey(request.caller)
    const { row, seed } = await beginRequest(database, { caller, key, requestHash: hashOf(request) })
    if (row.responseStatus !== null) return replay(row, reply)
    request.idempotencyRow = row
    request.idempotencySeed = seed
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const row = request.idempotencyRow
    if (row === null) return payload
    request.idempotencyRow = null
    await endRequest(database, row, { status: reply.statusCode, body: toJson(payload) })
    return payload
  })
}

function replay(row: IdempotencyRow, reply: FastifyReply): FastifyReply {
  reply.code(row.responseStatus ?? 200).header('idempotency-replayed', 'true')
  if (row.responseBody === null) return reply.send()
  return reply.type('application/json; charset=utf-8').serializer(JSON.stringify).send(row.responseBody)
}

function hashOf(request: FastifyRequest): string {
  // An upload is read by its handler, not here; its length and kind stand for it.
  const { 'content-length': length, 'content-type': type = '' } = request.headers
  const body = type.startsWith('multipart/') ? `${length}` : JSON.stringify(request.body ?? null)
  return hashRequest({ method: request.method, url: request.url, body })
}

function toJson(payload: unknown): unknown {
  return typeof payload === 'string' && payload !== '' ? JSON.parse(payload) : null
}
