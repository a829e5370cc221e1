import { createSocketClient } from '@millrace/shared/client/socket-client'
import type { WebSocketConstructor } from '@millrace/shared/client/web-socket-like'
import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import { applyEvent, emptyExecutionView } from '@millrace/shared/engine/reducer'
import type { EventDraft, WorkflowEvent } from '@millrace/shared/events'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { waitUntil } from '../support/wait-until.ts'
import { type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { completedDraft, createdDraft, documentDraft, logDraft, streamDraft } from './memory-log.ts'

/** Sockets that a test can cut at any moment, as a network does. */
class Network {
  readonly sockets = new Set<WebSocket>()
  readonly webSocket: WebSocketConstructor

  constructor() {
    const { sockets } = this
    this.webSocket = class extends WebSocket {
      constructor(url: string, protocols?: string[]) {
        super(url, protocols)
        sockets.add(this)
        this.on('close', () => sockets.delete(this))
      }
    } as unknown as WebSocketConstructor
  }

  cut(): void {
    for (const socket of this.sockets) socket.terminate()
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('resuming', () => {
  let world: DeliveryWorld
  let network: Network
  const clientOf = (random = () => 0) =>
    createSocketClient({ url: world.url, getToken: () => 'token-ada', WebSocket: network.webSocket, random })

  beforeEach(async () => {
    network = new Network()
    world = await openDeliveryWorld({
      // Small, so that the log is read below the ring, and quick to notice lost nudges.
      settings: { ringBytesMax: 8000, pageEventsMax: 7, connectionsPerUserMax: 200 },
      bridge: { pollIntervalMs: 30 },
    })
  })

  afterEach(async () => {
    await expectQuiet(world.manager)
    await world.close()
  })

  const action = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 40 }) }),
    },
    { weight: 3, arbitrary: fc.constant({ kind: 'cut' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'loseNudges' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'keepNudges' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 30 }) }),
    },
  )

  it('every event arrives exactly once and the fold is equal, wherever the socket is cut', {
    timeout: 120_000,
  }, async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 25 }), async (actions) => {
        run += 1
        const executionId = `run-${run}`
        const topic = `execution:${executionId}`
        world.log.createTopic(topic, 'ws-1')
        const all: WorkflowEvent[] = []
        let offset = 0
        const append = (drafts: EventDraft[]) => {
          for (const { payload } of world.log.append(topic, drafts)) all.push(JSON.parse(payload))
        }
        append([createdDraft(executionId)])
        const seen: WorkflowEvent[] = []
        let view: ExecutionView | null = null
        let hasEnded = false
        const client = clientOf()
        client.followExecution(executionId, {
          onEvent: (event) => seen.push(event),
          onView: (next) => {
            view = next
          },
          onEnded: () => {
            hasEnded = true
          },
        })
        client.connect()
        for (const step of actions) {
          if (step.kind === 'cut') network.cut()
          else if (step.kind === 'turns') for (let count = 0; count < step.count; count += 1) await turn()
          else if (step.kind !== 'append') world.log.isMute = step.kind === 'loseNudges'
          else {
            for (let count = 0; count < step.count; count += 1) {
              append([streamDraft(executionId, 'word ', offset), logDraft(executionId, 'a line of some length')])
              offset += 5
            }
          }
        }
        append([completedDraft(executionId)])
        world.log.isMute = false
        await waitUntil(() => hasEnded, {
          timeoutMs: 10_000,
          intervalMs: 2,
          describe: () => `the end of ${executionId}`,
        })
        client.close()

        const first = seen[0]?.seq ?? all.length + 1
        expect(seen).toEqual(all.slice(first - 1))
        expect(view).toEqual(all.reduce(applyEvent, emptyExecutionView(executionId)))
      }),
      { numRuns: 40 },
    )
  })

  it('two clients that were cut at other times end equal', async () => {
    world.log.createTopic('execution:e1', 'ws-1')
    world.log.append('execution:e1', [createdDraft('e1')])
    const views = new Map<string, ExecutionView>()
    const clients = ['a', 'b'].map((name) => {
      const client = clientOf()
      client.followExecution('e1', { onView: (view) => views.set(name, view) })
      client.connect()
      return client
    })
    for (let count = 0; count < 300; count += 1) {
      world.log.append('execution:e1', [logDraft('e1')])
      if (count % 50 === 7) for (const socket of [...network.sockets].slice(0, 1)) socket.terminate()
      await turn()
    }
    world.log.append('execution:e1', [completedDraft('e1')])
    await waitUntil(() => [...views.values()].filter(({ seq }) => seq === 302).length === 2)
    expect(views.get('a')).toEqual(views.get('b'))
    for (const client of clients) client.close()
  })

  it('a channel goes on where it was cut, and lists are told to refresh', async () => {
    world.log.createTopic('workspace:ws-1', 'ws-1')
    const seen: string[] = []
    let liveCount = 0
    const client = clientOf()
    client.followChannel('kb:handbook', {
      onEvent: (event) => seen.push('documentId' in event ? event.documentId : event.type),
      onLive: () => {
        liveCount += 1
      },
    })
    client.connect()
    await waitUntil(() => liveCount === 1)
    for (let count = 0; count < 60; count += 1) {
      world.log.append('workspace:ws-1', [documentDraft('handbook', `d${count}`), documentDraft('other', 'x')])
      if (count % 20 === 5) network.cut()
      await turn()
    }
    await waitUntil(() => seen.length === 60)
    expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => `d${index}`))
    expect(liveCount).toBeGreaterThan(1)
    client.close()
  })

  it('a restored log is noticed: what was seen is let go of and the state fetched anew', async () => {
    world.log.createTopic('execution:e1', 'ws-1')
    world.log.append('execution:e1', [createdDraft('e1'), ...Array.from({ length: 9 }, () => logDraft('e1', 'lost'))])
    let view: ExecutionView | null = null
    const client = clientOf()
    client.followExecution('e1', {
      onView: (next) => {
        view = next
      },
    })
    client.connect()
    await waitUntil(() => (view as ExecutionView | null)?.seq === 10)
    world.log.beginAnew('execution:e1', 'epoch-2', 1)
    world.log.append('execution:e1', [logDraft('e1', 'kept')])
    await waitUntil(() => (view as ExecutionView | null)?.seq === 2)
    expect((view as ExecutionView | null)?.log.map(({ message }) => message)).toEqual(['kept'])
    expect(client.stats().resyncCount).toBe(1)
    client.close()
  })

  it('nothing of a past that was replaced is continued, also when the word to let go is cut off', async () => {
    world.log.createTopic('execution:e1', 'ws-1')
    world.log.append('execution:e1', [createdDraft('e1'), ...Array.from({ length: 9 }, () => logDraft('e1', 'lost'))])
    let view: ExecutionView | null = null
    const client = clientOf()
    client.followExecution('e1', {
      onView: (next) => {
        view = next
      },
    })
    client.connect()
    await waitUntil(() => (view as ExecutionView | null)?.seq === 10)
    client.close()
    world.log.beginAnew('execution:e1', 'epoch-2', 1)
    world.log.append(
      'execution:e1',
      Array.from({ length: 12 }, () => logDraft('e1', 'kept')),
    )
    let cuts = 0
    // Between `subscribed`, which names the new past, and `resync`.
    client.on('subscribed', () => {
      cuts += 1
      if (cuts > 1) return
      client.close()
      client.connect()
    })
    client.connect()
    await waitUntil(() => cuts === 2 && client.state.status === 'live' && (view as ExecutionView | null)?.seq === 13)
    expect((view as ExecutionView | null)?.log.map(({ message }) => message)).toEqual(
      Array.from({ length: 12 }, () => 'kept'),
    )
    client.close()
  })

  it('F02 a storm of returns reads each page of the log once', async () => {
    world.log.createTopic('execution:e1', 'ws-1')
    world.log.append('execution:e1', [createdDraft('e1'), ...Array.from({ length: 400 }, () => logDraft('e1'))])
    let caughtUp = 0
    const clients = Array.from({ length: 50 }, () => {
      const client = clientOf()
      client.followExecution('e1', {
        onCaughtUp: () => {
          caughtUp += 1
        },
      })
      client.connect()
      return client
    })
    await waitUntil(() => caughtUp === 50)
    // 401 events in pages of 7, once to fold the state, whoever asked.
    expect(world.log.counts.read).toBeLessThanOrEqual(Math.ceil(401 / 7) + 2)
    for (const client of clients) client.close()
  })

  it('one subscription serves all followers of a run, late ones too, and goes with the last', async () => {
    world.log.createTopic('execution:e1', 'ws-1')
    world.log.append('execution:e1', [createdDraft('e1')])
    const client = clientOf()
    client.connect()
    const views: string[] = []
    const stopFirst = client.followExecution('e1', { onView: () => views.push('first') })
    await waitUntil(() => client.state.status === 'live' && views.length > 0)
    const stopSecond = client.followExecution('e1', { onView: () => views.push('second') })
    await waitUntil(() => views.includes('second'))
    expect(world.manager.getExecutionSubscriberCount('e1')).toBe(1)
    stopFirst()
    world.log.append('execution:e1', [logDraft('e1')])
    await waitUntil(() => views.filter((name) => name === 'second').length > 1)
    stopSecond()
    await waitUntil(() => world.manager.getExecutionSubscriberCount('e1') === 0)
    expect(client.stats().executionCount).toBe(0)
    client.close()
  })
})
