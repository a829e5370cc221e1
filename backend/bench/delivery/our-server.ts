import Fastify from 'fastify'
import { EventBridge } from '../../src/events/event-bridge.ts'
import { InProcessEventBus } from '../../src/events/event-bus.ts'
import type { EventReader, StoredEvent, TopicHead } from '../../src/events/event-reader.ts'
import { registerWebSocketRoute } from '../../src/routes/ws.ts'
import type { Identity } from '../../src/websocket/identity.ts'
import { WebSocketManager } from '../../src/websocket/websocket-manager.ts'
import type { WebSocketSettings } from '../../src/websocket/websocket-settings.ts'
import { silentLogger as logger } from '../../test/support/silent-logger.ts'
import { type Contestant, eventOf, executionId, firstSeq } from './contestant.ts'

/** Readers that only count answer no ping, and all come from one address; and who does not read is borne with. */
export const benchSettings: Partial<WebSocketSettings> = {
  heartbeatIntervalMs: 3_600_000,
  deadAfterMs: 3_600_000,
  hopelessAfterMs: 3_600_000,
  connectionsPerUserMax: 10_000,
  connectionsPerAddressMax: 10_000,
}

/** Everybody is who their token says, in one workspace. */
async function authenticate({ token = 'nobody' }: { token?: string | undefined }): Promise<Identity> {
  return { kind: 'user', userId: token, name: token, workspaces: [{ id: 'ws', role: 'owner' }], expiresAt: null }
}

export interface Delivery {
  port: number
  bus: InProcessEventBus
  manager: WebSocketManager
  close(): Promise<void>
}

/** Bus, bridge, rings and sockets as in production; the log is the caller's. */
export async function openDelivery(reader: EventReader, settings: Partial<WebSocketSettings> = {}): Promise<Delivery> {
  const bus = new InProcessEventBus()
  const bridge = new EventBridge({ bus, reader, logger })
  const manager = new WebSocketManager({
    bridge,
    reader,
    authenticate,
    logger,
    settings: { ...benchSettings, ...settings },
  })
  const app = Fastify()
  await registerWebSocketRoute(app, { manager, authenticate, allowedOrigins: [], acceptQueryToken: false })
  await app.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    bus,
    manager,
    async close() {
      await app.close()
      manager.close()
      bridge.close()
    },
  }
}

function headOf(topic: string): TopicHead {
  return { topic, workspaceId: 'ws', epoch: 'epoch', seq: firstSeq, closed: false }
}

/** Topics without a past, of one workspace. */
export const emptyLog: EventReader = {
  head: async (topic) => headOf(topic),
  heads: async (topics) => new Map(topics.map((topic) => [topic, headOf(topic)])),
  read: async () => [],
}

/** `isPaced`: publishing does not wait for the writes, which clients that do not read would never let happen. */
export async function openOurs(isPaced: boolean): Promise<Contestant> {
  const { port, bus, manager } = await openDelivery(emptyLog)
  let seq = firstSeq
  let written = 0
  let wanted = 0
  let done: () => void = () => undefined
  // As the metrics page does; and the way to know that a turn is over.
  manager.onLiveWrite(() => {
    written += 1
    if (written >= wanted) done()
  })
  const joinedCount = () => manager.getExecutionSubscriberCount(executionId)
  return {
    port,
    joinedCount,
    publish(eventCount) {
      written = 0
      wanted = joinedCount()
      // What is stored together is published together.
      const stored = Array.from({ length: eventCount }, (): StoredEvent => {
        seq += 1
        const event = eventOf(seq)
        return {
          topic: `execution:${executionId}`,
          epoch: 'epoch',
          seq,
          eventId: String(event.eventId),
          type: 'node:log',
          payload: JSON.stringify(event),
          committedAt: performance.timeOrigin + performance.now(),
        }
      })
      bus.publish(stored)
      return new Promise((resolve) => {
        if (isPaced) setImmediate(resolve)
        else done = resolve
      })
    },
  }
}
