/**
 * Milliseconds from handing an event to the emitter until a socket client on loopback holds it, PGlite,
 * emitter, log, bus, bridge, socket and client in one process: so every figure includes the client's work.
 * Repeat with: npm run bench -- --only append-to-socket
 */
import { cpus, totalmem } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { EventDraft } from '@millrace/shared/events'
import Fastify from 'fastify'
import WebSocket from 'ws'
import { EventBridge } from '../src/events/event-bridge.ts'
import { InProcessEventBus } from '../src/events/event-bus.ts'
import { EventLog } from '../src/events/event-log.ts'
import { SecretMasker } from '../src/events/secret-masker.ts'
import { WorkflowEventEmitter } from '../src/events/workflow-event-emitter.ts'
import { registerWebSocketRoute } from '../src/routes/ws.ts'
import type { Identity } from '../src/websocket/identity.ts'
import { WebSocketManager } from '../src/websocket/websocket-manager.ts'
import { silentLogger as logger } from '../test/support/silent-logger.ts'
import { openTestPglite } from '../test/support/test-database.ts'

const ratesPerSecond = [200, 1000]
const secondsPerRate = 20
const warmUpEvents = 300
const owner = { workspaceId: 'ws', userId: 'bench' }
const print = (line: string) => process.stdout.write(`${line}\n`)

const test = await openTestPglite()
const log = new EventLog(test.database.pool)
const bus = new InProcessEventBus()
const emitter = new WorkflowEventEmitter({ log, bus, masker: new SecretMasker(), logger })
const bridge = new EventBridge({ bus, reader: log, logger })
const identity: Identity = {
  kind: 'user',
  userId: 'bench',
  name: 'Bench',
  workspaces: [{ id: 'ws', role: 'owner' }],
  expiresAt: null,
}
const authenticate = async () => identity
const manager = new WebSocketManager({ bridge, reader: log, authenticate, logger })
const app = Fastify()
await registerWebSocketRoute(app, { manager, authenticate, allowedOrigins: [], acceptQueryToken: false })
const address = await app.listen({ port: 0, host: '127.0.0.1' })

async function measure(rate: number, count: number): Promise<number[]> {
  const executionId = `bench-${rate}-${count}`
  const created: EventDraft = {
    type: 'execution:created',
    eventId: 'created',
    timestamp: Date.now(),
    executionId,
    workflowId: 'w',
    workflowName: 'Bench',
    workflowVersion: 1,
    totalNodes: 1,
  }
  const plan = {
    engineVersion: 1 as const,
    workflowId: 'w',
    workflowName: 'Bench',
    workflowVersion: 1,
    nodes: [],
    edges: [],
    loops: [],
  }
  await emitter.createExecution({
    owner,
    row: { id: executionId, input: {}, startedByName: 'Bench' },
    plan,
    draft: created,
  })
  const sentAt = new Map<number, number>()
  const latencies: number[] = []
  const socket = new WebSocket(`${address.replace('http', 'ws')}/ws`, ['millrace.v1', 'bearer.any'])
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (data) => {
      const arrivedAt = performance.now()
      const message = JSON.parse(String(data)) as { type: string; offset?: number }
      if (message.type === 'connected') socket.send(JSON.stringify({ type: 'subscribe', executionId }))
      if (message.type === 'caught_up') resolve()
      if (message.type === 'node:stream' && message.offset !== undefined)
        latencies.push(arrivedAt - (sentAt.get(message.offset) ?? arrivedAt))
    })
  })
  const began = performance.now()
  const appends: Promise<unknown>[] = []
  for (let index = 0; index < count; index++) {
    const waitMs = began + (index * 1000) / rate - performance.now()
    if (waitMs > 1) await delay(waitMs)
    sentAt.set(index, performance.now())
    appends.push(
      emitter.emit(owner, [
        {
          type: 'node:stream',
          eventId: `n/node:stream/1/${index}`,
          timestamp: Date.now(),
          executionId,
          nodeId: 'n',
          nodePath: 'n',
          iteration: 1,
          attempt: 1,
          chunk: 'a passage of a model’s answer, ',
          offset: index,
          tokens: 6,
        },
      ]),
    )
  }
  await Promise.all(appends)
  while (latencies.length < count) await delay(5)
  socket.close()
  return latencies.toSorted((a, b) => a - b)
}

print(
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, PGlite, events of about 250 bytes`,
)
await measure(200, warmUpEvents)
for (const rate of ratesPerSecond) {
  const sorted = await measure(rate, rate * secondsPerRate)
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2)
  print(
    `${rate} events/s for ${secondsPerRate} s, 1 subscriber: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms, ${sorted.length} delivered`,
  )
}
await app.close()
bridge.close()
emitter.close()
await log.close()
await test.close()
