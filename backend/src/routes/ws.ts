import websocket from '@fastify/websocket'
import { errorCodeOf } from '@millrace/shared/errors/app-error'
import type { ErrorCode } from '@millrace/shared/errors/catalogue'
import { parseCapabilities } from '@millrace/shared/protocol/capabilities'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import { bearerSubprotocolPrefix, subprotocol } from '@millrace/shared/protocol/version'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RawData, WebSocket } from 'ws'
import { requireOwnOrigin } from '../plugins/same-origin.ts'
import { nameConnectionError } from '../repositories/connection-error.ts'
import type { Connection } from '../websocket/connections/connection.ts'
import type { Authenticate, Credentials, Identity } from '../websocket/identity.ts'
import type { WebSocketManager } from '../websocket/websocket-manager.ts'
import { closeCodeOfFault, compression, createSocketTransport, letGoOfUpgrade } from './socket-transport.ts'

export interface WebSocketRouteOptions {
  manager: WebSocketManager
  authenticate: Authenticate
  /** Pages from these origins, and from this server's own, may connect. Programs without an Origin may always. */
  allowedOrigins: readonly string[]
  /** Whether `?token=` counts: addresses end up in logs of proxies. */
  acceptQueryToken: boolean
  /** Whether clients that ask for it get their messages compressed; by default they do not. */
  compresses?: boolean
}

/** Longest time that a closing handshake may take, milliseconds; then the socket is cut. */
const closeTimeoutMs = 3000

/** Pieces of an inbound message: more is an attack on memory, not a message. */
const inboundFragmentsMax = 64

/** `GET /ws` and `GET /ws/executions/{id}`. With `socket-transport.ts` the only file that knows a socket library. */
export async function registerWebSocketRoute(app: FastifyInstance, options: WebSocketRouteOptions): Promise<void> {
  const { manager } = options
  const serverOptions = {
    maxPayload: manager.settings.inboundBytesMax,
    maxFragments: inboundFragmentsMax,
    perMessageDeflate: options.compresses === true && compression,
    clientTracking: false,
    closeTimeout: closeTimeoutMs,
    // By default the first offer is echoed, which may be the token.
    handleProtocols: (offered: Set<string>) => (offered.has(subprotocol) ? subprotocol : false),
  }
  await app.register(websocket, {
    options: serverOptions,
    // A protocol error is closed by the library with its own code (1002, 1007, 1009); cutting here would hide it.
    errorHandler: (error, _socket, request) => request.log.debug({ err: error }, 'A socket reported an error'),
    preClose: () => manager.shutDown(closeTimeoutMs),
  })

  /** Settled before the upgrade, so that the handler needs no await and misses no frame. */
  const admissions = new WeakMap<FastifyRequest, Identity | ErrorCode>()
  const route = {
    websocket: true as const,
    // The line of an incoming request would show `?token=`.
    logLevel: 'warn' as const,
    onRequest: async (request: FastifyRequest) => requireOwnOrigin(request, options.allowedOrigins),
    preValidation: async (request: FastifyRequest) => {
      admissions.set(request, await admit(request, options))
    },
  }
  const open = (socket: WebSocket, request: FastifyRequest): Connection | null => {
    const admission = admissions.get(request) ?? 'NOT_AUTHENTICATED'
    if (typeof admission !== 'string') return serve(manager, { socket, request, identity: admission })
    socket.close(closeCodeOf(admission), admission)
    return null
  }
  app.get('/ws', route, (socket: WebSocket, request: FastifyRequest) => {
    open(socket, request)
  })
  // Connecting is subscribing: for tools that can open an address and read, but not send.
  app.get('/ws/executions/:executionId', route, (socket: WebSocket, request: FastifyRequest) => {
    const connection = open(socket, request)
    if (connection !== null) void manager.follow(connection, placeOf(request))
  })
}

/** What the address names, unchecked: `follow` answers what it cannot read. */
function placeOf({ params, query }: FastifyRequest) {
  const { executionId } = params as { executionId: string }
  const { since, epoch } = query as { since?: string; epoch?: string }
  return { executionId, since: since === undefined ? undefined : Number(since), epoch }
}

/** Listeners are attached in the turn of the upgrade: frames that come during an await would be lost. */
function serve(
  manager: WebSocketManager,
  { socket, request, identity }: { socket: WebSocket; request: FastifyRequest; identity: Identity },
): Connection | null {
  const userAgent = request.headers['user-agent']?.slice(0, 300) ?? null
  const { capabilities } = request.query as { capabilities?: unknown }
  const connection = manager.accept(createSocketTransport(socket), identity, {
    address: request.ip,
    userAgent,
    capabilities: parseCapabilities(capabilities),
  })
  if (connection === null) return null
  const { log } = request
  letGoOfUpgrade(socket, (error) => {
    log.debug({ err: error }, 'A socket reported an error')
    const code = closeCodeOfFault(error)
    if (code !== null) connection.ending ??= { code, reason: '' }
  })
  socket.on('message', (data: RawData, isBinary: boolean) => {
    manager.handleMessage(connection, isBinary ? null : data.toString())
  })
  socket.on('ping', () => manager.handleSign(connection))
  socket.on('pong', () => manager.handleSign(connection))
  socket.on('close', (code: number) => manager.handleClosed(connection, code))
  return connection
}

/** Who asks, or the code of why not. Never throws: a refused socket is told by its close. */
async function admit(request: FastifyRequest, { authenticate, acceptQueryToken }: WebSocketRouteOptions) {
  try {
    return await authenticate(credentialsOf(request, acceptQueryToken))
  } catch (thrown) {
    const error = nameConnectionError(thrown)
    const code = errorCodeOf(error)
    if (code === null) request.log.error({ err: error }, 'Could not authenticate a socket')
    return code ?? 'INTERNAL'
  }
}

/** Bad credentials are 1008 whatever is wrong with them; a database that is away is worth another try. */
function closeCodeOf(code: ErrorCode): number {
  if (code === 'DATABASE_UNAVAILABLE') return closeCodes.tryLater
  return code === 'INTERNAL' ? closeCodes.internal : closeCodes.policy
}

function credentialsOf(request: FastifyRequest, acceptQueryToken: boolean): Credentials {
  const { headers } = request
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((entry) => entry.trim())
  const bearer = offered.find((entry) => entry.startsWith(bearerSubprotocolPrefix))
  if (bearer !== undefined) return { token: bearer.slice(bearerSubprotocolPrefix.length) }
  const authorization = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (authorization !== undefined) return { token: authorization }
  const apiKey = headers['x-api-key']
  if (typeof apiKey === 'string') return { apiKey }
  const { token } = request.query as { token?: unknown }
  return acceptQueryToken && typeof token === 'string' ? { token } : {}
}
