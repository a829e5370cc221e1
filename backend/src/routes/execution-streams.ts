import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import type { TopicHead } from '../events/event-reader.ts'
import { executionTopic } from '../events/topic-name.ts'
import { callerOfRequest } from '../plugins/authentication.ts'
import { findExecution } from '../repositories/executions.ts'
import type { WebSocketManager } from '../websocket/websocket-manager.ts'
import { createDurableStreamWire } from '../websocket/wires/durable-stream-wire.ts'
import { sseWire } from '../websocket/wires/sse-wire.ts'
import { parseOffset, type StreamPlace } from '../websocket/wires/stream-offset.ts'
import { answerHead, answerNothingNew, answerPage, answerTail } from './durable-stream-answers.ts'
import { identityOfCaller, openEventStream, originOf } from './open-event-stream.ts'
import { IdParams, NoContent } from './path-parameters.ts'

const StreamQuery = z.object({
  since: z.coerce.number().int().min(0).optional(),
  epoch: z.string().min(1).max(64).optional(),
})
const StreamHeaders = z.looseObject({ 'last-event-id': z.string().max(100).optional() })
const EventsStreamQuery = z.object({
  offset: z.string().min(1).max(100).optional(),
  live: z.enum(['long-poll', 'sse']).optional(),
  cursor: z.string().max(32).optional(),
})
const EventsStreamAnswer = z.array(z.looseObject({ type: z.string(), eventId: z.string(), seq: z.int() }))
const tags = ['executions']

/** The socket's twins: the same events from the same rings for who has only HTTP. */
export function registerExecutionStreamRoutes(
  app: ApiInstance,
  { database, eventLog }: Pick<AppServices, 'database' | 'eventLog'>,
  manager: WebSocketManager,
): void {
  app.get(
    '/api/executions/:id/stream',
    {
      config: { access: 'read', isOpenToGuests: true },
      exposeHeadRoute: false,
      schema: {
        tags,
        params: IdParams,
        querystring: StreamQuery,
        headers: StreamHeaders,
        response: {
          200: z.string().describe('text/event-stream'),
          204: NoContent.describe('All was told: do not come back.'),
        },
      },
    },
    async (request, reply) => {
      const head = await headOf(request, request.params.id)
      const returning = placeOf(request.headers['last-event-id'])
      if (returning !== null && head.closed && returning.epoch === head.epoch && returning.seq === head.seq) {
        // The one answer after which an EventSource does not come back.
        return reply.code(204).send(null)
      }
      const { since, epoch } = request.query
      const from = returning === null ? { since, epoch } : { since: returning.seq, epoch: returning.epoch }
      openEventStream(manager, { request, reply }, { executionId: request.params.id, ...from }, sseWire)
    },
  )

  app.get(
    '/api/executions/:id/events-stream',
    {
      config: { access: 'read', isOpenToGuests: true },
      schema: { tags, params: IdParams, querystring: EventsStreamQuery, response: { 200: EventsStreamAnswer } },
    },
    async (request, reply) => {
      const executionId = request.params.id
      const { offset, live, cursor } = request.query
      const head = await headOf(request, executionId)
      if (request.method === 'HEAD') return answerHead(reply, head)
      const place = startOf(offset, head)
      if (live === undefined) {
        return offset === 'now' ? answerTail(reply, head) : answerPage(eventLog, { request, reply }, { head, place })
      }
      if (offset === undefined)
        throw new AppError('INVALID_INPUT', { in: 'querystring', reason: 'live needs an offset' })
      if (live === 'sse') {
        const from = { executionId, since: place.seq, epoch: place.epoch }
        openEventStream(manager, { request, reply }, from, createDurableStreamWire(cursor))
        return
      }
      const latest = place.seq < head.seq || head.closed ? head : await nextHead(request, reply.raw, { head, place })
      if (latest.epoch !== place.epoch) throw new AppError('OFFSET_GONE')
      if (place.seq === latest.seq) return answerNothingNew(reply, latest, cursor)
      return answerPage(eventLog, { request, reply }, { head: latest, place, cursor: cursor ?? '' })
    },
  )

  /** Throws AppError EXECUTION_NOT_FOUND for what is not there or not the caller's. */
  async function headOf(request: FastifyRequest, executionId: string): Promise<TopicHead> {
    const row = await findExecution(database.orm, callerOfRequest(request).workspaceId, executionId)
    const head = row === null ? null : await eventLog.head(executionTopic(executionId))
    if (head === null) throw new AppError('EXECUTION_NOT_FOUND', { executionId })
    return head
  }

  /** The head once there is something after the place, or after a while the old one. */
  async function nextHead(
    request: FastifyRequest,
    response: { once(event: 'close', listener: () => void): unknown },
    { head, place }: { head: TopicHead; place: StreamPlace },
  ): Promise<TopicHead> {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const identity = identityOfCaller(request)
    const { topic } = head
    const waiting = { identity, origin: originOf(request), topic, place, signal: gone.signal }
    const isNews = await manager.longPolls.wait(waiting)
    return isNews ? ((await eventLog.head(topic)) ?? head) : head
  }
}

/** Where a Durable Streams request starts. Throws AppError INVALID_INPUT for what is no offset, OFFSET_GONE for one that cannot be continued. */
function startOf(offset: string | undefined, head: TopicHead): StreamPlace {
  const { epoch } = head
  if (offset === undefined || offset === '-1') return { epoch, seq: 0 }
  if (offset === 'now') return { epoch, seq: head.seq }
  const place = parseOffset(offset)
  if (place === null) throw new AppError('INVALID_INPUT', { in: 'querystring', reason: 'this is no offset' })
  if (place.epoch !== epoch || place.seq > head.seq) throw new AppError('OFFSET_GONE')
  return place
}

/** Null: the client is new here. Throws AppError INVALID_INPUT for an id that this server never sent. */
function placeOf(lastEventId: string | undefined): StreamPlace | null {
  if (lastEventId === undefined || lastEventId === '') return null
  const place = parseOffset(lastEventId)
  if (place === null) throw new AppError('INVALID_INPUT', { header: 'Last-Event-ID' })
  return place
}
