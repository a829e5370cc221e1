import type { OutgoingHttpHeaders } from 'node:http'
import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { callerOfRequest, identityOfRequest } from '../plugins/authentication.ts'
import type { Identity } from '../websocket/identity.ts'
import type { WebSocketManager } from '../websocket/websocket-manager.ts'
import type { Wire } from '../websocket/wires/wire.ts'
import { ResponseTransport } from './response-transport.ts'

export interface EventStreamRequest {
  executionId: string
  since?: number | undefined
  epoch?: string | undefined
}

/** A client that is cut waits this long before it comes back; spread, so that a restart is not followed by a storm, milliseconds. */
const retryMsMin = 1000
const retryMsSpread = 4000

/**
 * Answers with an endless stream in the given form: a connection like a socket's, within the same limits. Throws
 * AppError TOO_MANY_CONNECTIONS or SERVER_LEAVING before anything is answered.
 */
export function openEventStream(
  manager: WebSocketManager,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  stream: EventStreamRequest,
  wire: Wire,
): void {
  const { raw: response } = reply
  const transport = new ResponseTransport(response)
  const connection = manager.accept(transport, identityOfCaller(request), originOf(request), wire)
  if (connection === null) {
    throw new AppError(transport.refusal === 'SERVER_LEAVING' ? 'SERVER_LEAVING' : 'TOO_MANY_CONNECTIONS')
  }
  reply.hijack()
  response.on('close', () => manager.handleClosed(connection))
  response.on('error', () => manager.handleClosed(connection))
  transport.start(
    {
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': 'text/event-stream',
      // `no-cache` beside `no-store`: it is what clients and proxies for event streams look for.
      'cache-control': 'no-cache, no-store, no-transform',
      // nginx holds answers back unless told.
      'x-accel-buffering': 'no',
    },
    `retry: ${retryMsMin + Math.floor(Math.random() * retryMsSpread)}\n\n`,
  )
  void manager.follow(connection, stream)
}

/** The identity, narrowed to the workspace that the request is about. */
export function identityOfCaller(request: FastifyRequest): Identity {
  const identity = identityOfRequest(request)
  const { workspaceId } = callerOfRequest(request)
  return { ...identity, workspaces: identity.workspaces.filter(({ id }) => id === workspaceId) }
}

export function originOf(request: FastifyRequest) {
  return { address: request.ip, userAgent: request.headers['user-agent']?.slice(0, 300) ?? null }
}
