import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { callerKey } from '../policies/caller.ts'
import type { Database } from '../repositories/database.ts'
import {
  beginIdempotent,
  completeIdempotent,
  findIdempotent,
  forgetIdempotent,
  type IdempotencyRow,
} from '../repositories/idempotency-keys.ts'
import { callerOfRequest } from './authentication.ts'

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

const keyCharactersMax = 255
/** How often a request that waits for its twin looks, and for how long. */
const pollMs = 50
const waitMaxMs = 15_000
/** A request that has not come to an end after this belongs to a process that died. Longer than any request takes. */
const abandonedAfterMs = 60_000

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
    if (key.length > keyCharactersMax) {
      throw new AppError('INVALID_INPUT', { header: 'Idempotency-Key', charactersMax: keyCharactersMax })
    }
    const caller = callerKey(callerOfRequest(request))
    const requestHash = hashRequest(request)
    const begun = await beginIdempotent(database.orm, { caller, key, requestHash, createdAt: Date.now() })
    const row = begun ?? (await waitForTwin(database, { caller, key, requestHash }))
    if (row.responseStatus !== null) return replay(row, reply)
    request.idempotencyRow = row
    request.idempotencySeed = sha256(`${caller}\n${key}\n${requestHash}\n${row.createdAt}`)
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const row = request.idempotencyRow
    if (row === null) return payload
    request.idempotencyRow = null
    // A failure of ours says nothing about the request: the next try works again, under the same seed.
    if (reply.statusCode >= 500 || reply.statusCode === 429) await forgetIdempotent(database.orm, row)
    else await completeIdempotent(database.orm, row, { status: reply.statusCode, body: toJson(payload) })
    return payload
  })
}

/** Resolves with the twin's row once it is answered, or once it is plain that it never will be. */
async function waitForTwin(
  database: Database,
  { caller, key, requestHash }: { caller: string; key: string; requestHash: string },
): Promise<IdempotencyRow> {
  const deadline = Date.now() + waitMaxMs
  for (;;) {
    const row = await findIdempotent(database.orm, { caller, key })
    if (row === null) {
      const begun = await beginIdempotent(database.orm, { caller, key, requestHash, createdAt: Date.now() })
      if (begun !== null) return begun
      continue
    }
    if (row.requestHash !== requestHash) throw new AppError('IDEMPOTENCY_KEY_REUSED')
    if (row.responseStatus !== null || Date.now() - row.createdAt > abandonedAfterMs) return row
    if (Date.now() > deadline) {
      throw new AppError(
        'IDEMPOTENCY_KEY_REUSED',
        { isStillAtWork: true },
        { message: 'The first request with this key is still at work.' },
      )
    }
    await pause(pollMs)
  }
}

function replay(row: IdempotencyRow, reply: FastifyReply): FastifyReply {
  reply.code(row.responseStatus ?? 200).header('idempotency-replayed', 'true')
  if (row.responseBody === null) return reply.send()
  return reply.type('application/json; charset=utf-8').serializer(JSON.stringify).send(row.responseBody)
}

function hashRequest(request: FastifyRequest): string {
  // An upload is read by its handler, not here; its length and kind stand for it.
  const { 'content-length': length, 'content-type': type = '' } = request.headers
  const body = type.startsWith('multipart/') ? `${length}` : JSON.stringify(request.body ?? null)
  return sha256(`${request.method}\n${request.url}\n${body}`)
}

function toJson(payload: unknown): unknown {
  return typeof payload === 'string' && payload !== '' ? JSON.parse(payload) : null
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
