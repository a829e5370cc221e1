import { createSocketClient } from '@millrace/shared/client/socket-client'
import type { WebSocketConstructor } from '@millrace/shared/client/web-socket-like'
import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import type { WorkflowEvent } from '@millrace/shared/events'
import { StreamCoalescer } from '@millrace/shared/events/stream-coalescer'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { EventBridge } from '../../src/events/event-bridge.ts'
import { type EventBus, InProcessEventBus } from '../../src/events/event-bus.ts'
import { EventLog } from '../../src/events/event-log.ts'
import { SecretMasker } from '../../src/events/secret-masker.ts'
import { WorkflowEventEmitter } from '../../src/events/workflow-event-emitter.ts'
import { registerWebSocketRoute } from '../../src/routes/ws.ts'
import { WebSocketManager } from '../../src/websocket/websocket-manager.ts'
import { anomaliesOf } from '../support/event-checker.ts'
import { silentLogger as logger } from '../support/silent-logger.ts'
import { openTestPglite, type TestDatabase } from '../support/test-database.ts'
import { waitUntil } from '../support/wait-until.ts'
import { ada, expectQuiet } from './delivery-world.ts'
import { createdDraft } from './memory-log.ts'

const owner = { workspaceId: 'ws-1', userId: 'ada' }

describe('from the emitter to the client over the real log', () => {
  let test: TestDatabase
  let log: EventLog
  let emitter: WorkflowEventEmitter
  /** Two API processes: the second hears nothing from the bus. */
  const servers: { url: string; manager: WebSocketManager; close: () => Promise<void> }[] = []

  beforeAll(async () => {
    test = await openTestPglite()
    log = new EventLog(test.database.pool)
    const bus = new InProcessEventBus()
    emitter = new WorkflowEventEmitter({ log, bus, masker: new SecretMasker(), logger })
    for (const heard of [bus, new InProcessEventBus()]) servers.push(await serve(heard))
  })

  afterAll(async () => {
    for (const { close, manager } of servers) {
      await expectQuiet(manager)
      await close()
    }
    emitter.close()
    await log.close()
    await test.close()
  })

  async function serve(bus: EventBus) {
    const authenticate = async () => ada
    const bridge = new EventBridge({ bus, reader: log, logger, settings: { pollIntervalMs: 50 } })
    const manager = new WebSocketManager({ bridge, reader: log, authenticate, logger })
    const app = Fastify()
    await registerWebSocketRoute(app, { manager, authenticate, allowedOrigins: [], acceptQueryToken: false })
    const address = await app.listen({ port: 0, host: '127.0.0.1' })
    const close = async () => {
      await app.close()
      bridge.close()
    }
    return { url: `${address.replace('http', 'ws')}/ws`, manager, close }
  }

  function watch(url: string, executionId: string) {
    const seen: WorkflowEvent[] = []
    const state: { view: ExecutionView | null; hasEnded: boolean } = { view: null, hasEnded: false }
    const client = createSocketClient({
      url,
      getToken: () => 'any',
      WebSocket: WebSocket as unknown as WebSocketConstructor,
      random: () => 0,
    })
    client.followExecution(executionId, {
      onEvent: (event) => seen.push(event),
      onView: (view) => {
        state.view = view
      },
      onEnded: () => {
        state.hasEnded = true
      },
    })
    client.connect()
    return { seen, state, client }
  }

  it('shows a streamed text complete and in order, also where every nudge was lost', async () => {
    const executionId = 'real-1'
    const workflow = { engineVersion: 1 as const, workflowId: 'w1', workflowName: 'W', workflowVersion: 1 }
    const plan = { ...workflow, nodes: [], edges: [], loops: [] }
    const row = { id: executionId, input: {}, startedByName: 'Ada' }
    await emitter.createExecution({ owner, row, plan, draft: createdDraft(executionId) })
    const [near, far] = servers.map(({ url }) => watch(url, executionId))
    if (near === undefined || far === undefined) throw new Error('no servers')
    await waitUntil(() => near.state.view !== null && far.state.view !== null)

    const node = { executionId, nodeId: 'draft', nodePath: 'draft', iteration: 1 }
    const started = { ...node, nodeName: 'Draft', nodeType: 'llm', attempt: 1 }
    await emitter.emit(owner, [{ type: 'node:started', eventId: 'draft/node:started/1/-', timestamp: 1, ...started }])
    const stream = new StreamCoalescer({
      source: { ...node, attempt: 1 },
      emit: (draft) => emitter.emit(owner, [draft]),
      intervalMs: 1,
    })
    let text = ''
    for (let count = 0; count < 500; count += 1) {
      text += `word${count} `
      await stream.push(`word${count} `, 1)
      if (count % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await stream.flush()
    await emitter.finalize(owner, {
      executionId,
      outcome: { status: 'completed', outputs: { text } },
      finishedAt: 2,
      duration: 1,
      nodes: [],
      eventIds: [],
    })
    await waitUntil(() => near.state.hasEnded && far.state.hasEnded)
    expect(anomaliesOf(near.seen, 1)).toEqual([])
    expect(far.seen).toEqual(near.seen)
    expect(far.state.view).toEqual(near.state.view)
    expect(near.state.view?.nodes.draft?.attempts[0]?.text).toBe(text)
    expect(near.state.view).toMatchObject({ status: 'completed', outputs: { text } })
    for (const { client } of [near, far]) client.close()
  })
})
