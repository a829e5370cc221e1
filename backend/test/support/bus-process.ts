import { createSocketClient } from '@millrace/shared/client/socket-client'
import type { WebSocketConstructor } from '@millrace/shared/client/web-socket-like'
import type { WorkflowEvent } from '@millrace/shared/events'
import Fastify from 'fastify'
import WebSocket from 'ws'
import { EventBridge } from '../../src/events/event-bridge.ts'
import { EventLog } from '../../src/events/event-log.ts'
import { RedisEventBus } from '../../src/events/redis-event-bus.ts'
import { SecretMasker } from '../../src/events/secret-masker.ts'
import { WorkflowEventEmitter } from '../../src/events/workflow-event-emitter.ts'
import { openDatabase } from '../../src/repositories/database.ts'
import { registerWebSocketRoute } from '../../src/routes/ws.ts'
import { WebSocketManager } from '../../src/websocket/websocket-manager.ts'
import { ada, expectQuiet } from '../delivery/delivery-world.ts'
import { silentLogger as logger } from './silent-logger.ts'

export interface BusProcess {
  bus: RedisEventBus
  bridge: EventBridge
  emitter: WorkflowEventEmitter
  /** Follows an execution by a client of its own, until `stop`. */
  watch(executionId: string): Watcher
  close(): Promise<void>
}

export interface Watcher {
  seen: WorkflowEvent[]
  state: { isFollowing: boolean; hasEnded: boolean }
  stop(): void
}

/** What one API process has between database, Redis and sockets; nothing is shared with another but those two. */
export async function openBusProcess(options: {
  databaseUrl: string
  redisUrl: string
  pollIntervalMs: number
  unansweredMax?: number
}): Promise<BusProcess> {
  const { databaseUrl, redisUrl, pollIntervalMs, unansweredMax = 256 } = options
  const database = await openDatabase({ dataDir: '', databaseUrl, onFailure: () => undefined })
  const log = new EventLog(database.pool)
  const bus = new RedisEventBus({ url: redisUrl, logger, unansweredMax })
  const emitter = new WorkflowEventEmitter({ log, bus, masker: new SecretMasker(), logger })
  const bridge = new EventBridge({ bus, reader: log, logger, settings: { pollIntervalMs } })
  const authenticate = async () => ada
  const manager = new WebSocketManager({ bridge, reader: log, authenticate, logger })
  const app = Fastify()
  await registerWebSocketRoute(app, { manager, authenticate, allowedOrigins: [], acceptQueryToken: false })
  const url = `${(await app.listen({ port: 0, host: '127.0.0.1' })).replace('http', 'ws')}/ws`
  return {
    bus,
    bridge,
    emitter,
    watch: (executionId) => watch(url, executionId),
    async close() {
      await expectQuiet(manager)
      await app.close()
      bridge.close()
      emitter.close()
      await bus.close()
      await log.close()
      await database.close()
    },
  }
}

function watch(url: string, executionId: string): Watcher {
  const seen: WorkflowEvent[] = []
  const state = { isFollowing: false, hasEnded: false }
  const client = createSocketClient({
    url,
    getToken: () => 'any',
    WebSocket: WebSocket as unknown as WebSocketConstructor,
    random: () => 0,
  })
  client.followExecution(executionId, {
    onEvent: (event) => seen.push(event),
    onView: () => {
      state.isFollowing = true
    },
    onEnded: () => {
      state.hasEnded = true
    },
  })
  client.connect()
  return { seen, state, stop: () => client.close() }
}
