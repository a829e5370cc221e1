import { AppError } from '@millrace/shared/errors/app-error'
import type { LoggerPort } from '@millrace/temporal/ports'
import Fastify, { type FastifyInstance } from 'fastify'
import { EventBridge, type EventBridgeSettings } from '../../src/events/event-bridge.ts'
import { InProcessEventBus } from '../../src/events/event-bus.ts'
import type { EventReader } from '../../src/events/event-reader.ts'
import { handleErrors } from '../../src/plugins/error-handler.ts'
import { registerWebSocketRoute } from '../../src/routes/ws.ts'
import type { DeliveryDeps } from '../../src/websocket/delivery-parts.ts'
import type { Authenticate, Identity } from '../../src/websocket/identity.ts'
import type { AuthorizeTopic } from '../../src/websocket/subscriptions/authorize-topic.ts'
import { WebSocketManager } from '../../src/websocket/websocket-manager.ts'
import type { WebSocketSettings } from '../../src/websocket/websocket-settings.ts'
import type { Transport } from '../../src/websocket/wires/transport.ts'
import { silentLogger } from '../support/silent-logger.ts'
import { waitUntil } from '../support/wait-until.ts'
import { MemoryChannels } from './memory-channels.ts'
import { MemoryLog } from './memory-log.ts'

/** Where a test may put a broken part in the place of ours. */
export interface DeliverySeams {
  log?: (bus: InProcessEventBus) => MemoryLog
  /** What the delivery side reads the log through. */
  reader?: (log: MemoryLog) => EventReader
  authenticate?: (own: Authenticate) => Authenticate
  authorizeTopic?: AuthorizeTopic
  /** What stands between a connection and its socket. */
  transport?: (transport: Transport) => Transport
}

export interface DeliveryWorldOptions extends DeliverySeams {
  settings?: Partial<WebSocketSettings>
  presence?: DeliveryDeps['presence']
  bridge?: Partial<EventBridgeSettings>
  /** Default: nothing is logged. */
  logger?: LoggerPort
  acceptQueryToken?: boolean
  allowedOrigins?: string[]
}

export interface DeliveryWorld {
  app: FastifyInstance
  manager: WebSocketManager
  bridge: EventBridge
  log: MemoryLog
  channels: MemoryChannels
  bus: InProcessEventBus
  url: string
  /** Identities by token; tests add and change them. */
  identities: Map<string, Identity>
  close(): Promise<void>
}

export const ada: Identity = {
  kind: 'user',
  userId: 'ada',
  name: 'Ada',
  workspaces: [{ id: 'ws-1', role: 'owner' }],
  expiresAt: null,
}

export const mallory: Identity = {
  ...ada,
  userId: 'mallory',
  name: 'Mallory',
  workspaces: [{ id: 'ws-2', role: 'owner' }],
}

/** The delivery side over real sockets, with a log in memory. */
export async function openDeliveryWorld(options: DeliveryWorldOptions = {}): Promise<DeliveryWorld> {
  const bus = new InProcessEventBus()
  const log = options.log?.(bus) ?? new MemoryLog(bus)
  const reader = options.reader?.(log) ?? log
  const identities = new Map<string, Identity>([
    ['token-ada', ada],
    ['token-mallory', mallory],
  ])
  const authenticateOwn: Authenticate = async ({ token, apiKey }) => {
    const credential = token ?? apiKey
    if (credential === undefined) throw new AppError('NOT_AUTHENTICATED')
    if (credential === 'token-expired') throw new AppError('TOKEN_EXPIRED')
    const identity = identities.get(credential)
    if (identity === undefined) throw new AppError('INVALID_TOKEN')
    return identity
  }
  const authenticate = options.authenticate?.(authenticateOwn) ?? authenticateOwn
  const logger = options.logger ?? silentLogger
  const bridge = new EventBridge({ bus, reader, logger, settings: options.bridge ?? {} })
  const channels = new MemoryChannels(log)
  const manager = new WebSocketManager({
    bridge,
    reader,
    authenticate,
    logger,
    channels,
    ...(options.authorizeTopic === undefined ? {} : { authorizeTopic: options.authorizeTopic }),
    settings: { sweepIntervalMs: 50, ...options.settings },
    ...(options.presence === undefined ? {} : { presence: options.presence }),
  })
  const { transport: replaceTransport } = options
  if (replaceTransport !== undefined) {
    const accept = manager.accept.bind(manager)
    manager.accept = (transport, ...rest) => accept(replaceTransport(transport), ...rest)
  }
  const app = Fastify()
  handleErrors(app)
  await registerWebSocketRoute(app, {
    manager,
    authenticate,
    allowedOrigins: options.allowedOrigins ?? ['https://app.example.org'],
    acceptQueryToken: options.acceptQueryToken ?? true,
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    app,
    manager,
    bridge,
    log,
    channels,
    bus,
    url: `${address.replace('http', 'ws')}/ws`,
    identities,
    async close() {
      await app.close()
      manager.close()
      bridge.close()
    },
  }
}

/** Proves silence: no connection, subscription or unsent byte is left, and no promise was broken. */
export async function expectQuiet(manager: WebSocketManager): Promise<void> {
  await waitUntil(
    () => {
      const { connectionCount, subscriptionCount, unsentBytes, dirtyCount } = manager.stats()
      return connectionCount + subscriptionCount + unsentBytes + dirtyCount === 0
    },
    { timeoutMs: 10_000, intervalMs: 5, describe: () => `silence, but ${JSON.stringify(manager.stats())}` },
  )
  const { violationCount, violations } = manager.stats()
  if (violationCount !== 0) throw new Error(`promises were broken: ${JSON.stringify(violations)}`)
}
