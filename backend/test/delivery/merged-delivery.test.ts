import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { applyEvent, emptyExecutionView } from '@millrace/shared/engine/reducer'
import type { WorkflowEvent } from '@millrace/shared/events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDurableStreamWire } from '../../src/websocket/wires/durable-stream-wire.ts'
import { sseWire } from '../../src/websocket/wires/sse-wire.ts'
import type { Wire } from '../../src/websocket/wires/wire.ts'
import { waitUntil } from '../support/wait-until.ts'
import { ada, type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { completedDraft, createdDraft, logDraft, streamDraft } from './memory-log.ts'
import { type Frame, RawClient } from './raw-client.ts'

const topic = 'execution:e1'
const nodes = ['draft', 'review']

/** Chunks of two nodes by turns, each with its start before and a line of the log now and then. */
class TwoWriters {
  readonly texts = new Map(nodes.map((node) => [node, '']))
  readonly #world: DeliveryWorld
  #chunks = 0
  /** Events so far. */
  count = 0

  constructor(world: DeliveryWorld) {
    this.#world = world
    this.#append(createdDraft('e1'), ...nodes.map(startedDraft))
  }

  write(chunks: number, { stretch = 1, lineEvery = 500, charactersMin = 100 } = {}): void {
    for (let index = 0; index < chunks; index += 1) {
      const nodeId = nodes[Math.floor(index / stretch) % nodes.length] ?? ''
      const text = this.texts.get(nodeId) ?? ''
      const chunk = `${index}äö\n"${nodeId.repeat(charactersMin / nodeId.length)}`
      this.texts.set(nodeId, text + chunk)
      this.#append({
        ...streamDraft('e1', chunk, text.length),
        ...addressOf(nodeId),
        eventId: `${nodeId}/${text.length}`,
      })
      this.#chunks += 1
      if (this.#chunks % lineEvery === 0) this.#append(logDraft('e1', `after ${this.#chunks} chunks`))
    }
  }

  end(): void {
    this.#append(completedDraft('e1'))
  }

  #append(...drafts: Parameters<DeliveryWorld['log']['append']>[1]): void {
    this.count += drafts.length
    this.#world.log.append(topic, drafts)
  }
}

const addressOf = (nodeId: string) => ({ nodeId, nodePath: nodeId, iteration: 1 })
const startedDraft = (nodeId: string) => ({
  type: 'node:started' as const,
  eventId: `${nodeId}/node:started/1/-`,
  timestamp: 1,
  executionId: 'e1',
  ...addressOf(nodeId),
  nodeName: nodeId,
  nodeType: 'llm',
  attempt: 1,
})

/** Everything that a client was told of the run, after checking that it is told without a hole. */
function eventsOf({ frames }: RawClient): WorkflowEvent[] {
  let last = 0
  const events: WorkflowEvent[] = []
  for (const frame of frames) {
    const told = toldBy(frame)
    if (told.length === 0) continue
    const count = told.reduce((sum, event) => sum + (event.count ?? 1), 0)
    const to = told.at(-1)?.seq ?? 0
    if (to - count !== last) throw new Error(`${frame.type} to ${to} of ${count} does not follow ${last}`)
    if (frame.type === 'batch') expect(frame).toMatchObject({ executionId: 'e1', from: last + 1, to })
    last = to
    events.push(...told)
  }
  return events
}

function toldBy(frame: Frame): WorkflowEvent[] {
  if (frame.type === 'batch') return frame['events'] as WorkflowEvent[]
  return frame.type.includes(':') ? [frame as unknown as WorkflowEvent] : []
}

const viewOf = (events: readonly WorkflowEvent[]) => events.reduce(applyEvent, emptyExecutionView('e1'))
const framesOf = (client: RawClient) => client.frames.filter((frame) => toldBy(frame).length > 0)

/** Texts by node as digests: a difference of megabytes helps nobody. Every passage must go on where the last one ended. */
function textsOf(events: readonly WorkflowEvent[]): Map<string, string> {
  const texts = new Map<string, string>()
  for (const event of events) {
    if (event.type !== 'node:stream') continue
    const text = texts.get(event.nodeId) ?? ''
    expect(event.offset).toBe(text.length)
    texts.set(event.nodeId, text + event.chunk)
  }
  return digestsOf(texts)
}

function digestsOf(texts: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...texts].map(([node, text]) => [node, createHash('sha256').update(text).digest('hex')]))
}

function kernelSocket(client: RawClient): Socket {
  const { _socket: socket } = client.socket as unknown as { _socket: Socket }
  return socket
}

describe('who is behind', () => {
  let world: DeliveryWorld
  let writers: TwoWriters
  beforeEach(async () => {
    // Longer than a busy machine takes to fill the buffers.
    world = await openDeliveryWorld({ settings: { hopelessAfterMs: 120_000, deadAfterMs: 120_000 } })
    world.log.createTopic(topic, 'ws-1')
    writers = new TwoWriters(world)
  })
  afterEach(async () => {
    await expectQuiet(world.manager)
    await world.close()
  })
  const follow = async (capabilities: string, since = 0) => {
    const client = await RawClient.open(`${world.url}?capabilities=${capabilities}`)
    client.send({ type: 'subscribe', executionId: 'e1', since })
    await client.next('subscribed')
    return client
  }
  const caughtUp = (client: RawClient) =>
    waitUntil(() => client.frames.at(-1)?.type === 'caught_up', { timeoutMs: 10_000 })
  const ended = (client: RawClient) =>
    waitUntil(() => client.frames.at(-1)?.type === 'ended', { timeoutMs: 30_000, intervalMs: 5 })

  it.each([
    { capabilities: '', stretch: 50, told: 'node:stream' },
    { capabilities: 'batch', stretch: 1, told: 'batch' },
  ])(
    'after a pause is told $told for many events, without a hole, and who keeps up is not',
    async ({ capabilities, stretch, told }) => {
      const [slow, quick] = [await follow(capabilities), await follow('batch')]
      await Promise.all([caughtUp(slow), caughtUp(quick)])
      kernelSocket(slow).pause()
      const others = quick.frames.length - writers.count
      for (let round = 0; round < 40; round += 1) {
        writers.write(200, { stretch, charactersMin: 1500 })
        await waitUntil(() => quick.frames.length - others === writers.count, { intervalMs: 1, timeoutMs: 20_000 })
      }
      // What the kernels took before they were full had been sent as it is stored.
      expect(world.manager.stats().mergedFrameCount).toBe(0)
      kernelSocket(slow).resume()
      writers.end()
      await Promise.all([ended(slow), ended(quick)])

      expect(framesOf(quick)).toHaveLength(writers.count)
      expect(framesOf(quick).every(({ type, count }) => type !== 'batch' && count === undefined)).toBe(true)
      expect(viewOf(eventsOf(slow))).toEqual(viewOf(eventsOf(quick)))
      expect(textsOf(eventsOf(slow))).toEqual(digestsOf(writers.texts))
      const { mergedEventsCount, mergedFrameCount, batchCount } = world.manager.stats()
      expect(mergedEventsCount).toBeGreaterThan(1000)
      expect(mergedFrameCount).toBeLessThan(mergedEventsCount / 10)
      expect(batchCount).toBe(capabilities === 'batch' ? mergedFrameCount : 0)
      expect(framesOf(slow).length).toBe(writers.count - mergedEventsCount + mergedFrameCount)
      expect(framesOf(slow).filter((frame) => frame.type === told && frame['count'] !== 1).length).toBeGreaterThan(0)
      await Promise.all([slow.close(), quick.close()])
    },
  )

  it.each([
    { capabilities: '', stretch: 50, isMerged: false },
    { capabilities: 'batch', stretch: 1, isMerged: true },
  ])(
    'and returns to what only the log has is told it merged: $isMerged (capabilities "$capabilities")',
    async ({ capabilities, stretch, isMerged }) => {
      await world.close()
      world = await openDeliveryWorld({ settings: { ringBytesMax: 16 * 1024 } })
      world.log.createTopic(topic, 'ws-1')
      writers = new TwoWriters(world)
      writers.write(4000, { stretch })
      const late = await follow(capabilities)
      await caughtUp(late)
      expect(world.manager.stats().pageReadCount).toBeGreaterThan(5)
      expect(textsOf(eventsOf(late))).toEqual(digestsOf(writers.texts))
      if (isMerged) expect(framesOf(late).length).toBeLessThan(writers.count / 20)
      else
        expect(framesOf(late).map(({ seq }) => seq)).toEqual(Array.from({ length: writers.count }, (_, at) => at + 1))
      const lines = framesOf(late).filter(({ type }) => type === 'node:log')
      expect(lines.map((line) => line['message'])).toEqual(
        Array.from({ length: 8 }, (_, index) => `after ${(index + 1) * 500} chunks`),
      )
      await late.close()
    },
  )

  it('by no more than two seconds of text is told every event', async () => {
    writers.write(200)
    const late = await follow('batch', writers.count - 64)
    await caughtUp(late)
    expect(framesOf(late).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 64 }, (_, index) => writers.count - 63 + index),
    )
    await late.close()
  })

  it('on a channel is told the newest of each document, and others are as if they were not there', async () => {
    world.log.createTopic('workspace:ws-1', 'ws-1')
    for (let index = 1; index <= 50; index += 1) {
      for (const documentId of ['d1', 'd2']) world.log.append('workspace:ws-1', [processingDraft(documentId, index)])
      world.log.append('workspace:ws-1', [createdDraft(`run-${index}`)])
    }
    const late = await RawClient.open(`${world.url}?capabilities=batch`)
    late.send({ type: 'subscribe', channel: 'kb', since: 0 })
    await caughtUp(late)
    const [, batch] = late.frames.filter(({ type }) => type === 'subscribed' || type === 'batch')
    expect(batch).toMatchObject({
      channel: 'kb',
      from: 1,
      to: 149,
      events: [
        {
          type: 'kb:document:processing',
          documentId: 'd1',
          completed: 50,
          seq: 148,
          count: 50,
          topic: 'workspace:ws-1',
        },
        { type: 'kb:document:processing', documentId: 'd2', completed: 50, seq: 149, count: 50 },
      ],
    })
    expect(late.frames.map(({ type }) => type)).toEqual(['connected', 'subscribed', 'batch', 'caught_up'])
    await late.close()
  })

  it('over HTTP is told merged events by server-sent events and never by a durable stream', async () => {
    // Four stretches each.
    const [before, after] = [20, 180]
    const told = async (wire: Wire) => {
      let text = ''
      let drained: () => void = () => undefined
      const transport = {
        // Full after the first write, until it is drained below.
        send: (buffers: readonly Buffer[]) => {
          if (text === '') transport.bufferedBytes = 1024 * 1024
          text += Buffer.concat(buffers).toString()
        },
        close: () => undefined,
        terminate: () => undefined,
        bufferedBytes: 0,
        onDrain: (listener: () => void) => {
          drained = listener
        },
      }
      const connection = world.manager.accept(transport, ada, { address: '127.0.0.1', userAgent: null }, wire)
      if (connection === null) throw new Error('no limit is near')
      writers.write(before, { stretch: 5 })
      const since = writers.count - before
      await world.manager.follow(connection, { executionId: 'e1', since })
      await waitUntil(() => connection.blockedSince !== null)
      writers.write(after, { stretch: 45 })
      transport.bufferedBytes = 0
      drained()
      await waitUntil(() => connection.subscriptions.values().next().value?.cursor === writers.count)
      world.manager.handleClosed(connection)
      return [...text.matchAll(/"type":"node:stream"/g)].length
    }
    expect(await told(sseWire)).toBe(8)
    expect(await told(createDurableStreamWire(undefined))).toBe(before + after)
  })
})

function processingDraft(documentId: string, completed: number) {
  return {
    type: 'kb:document:processing' as const,
    eventId: `${documentId}/${completed}`,
    timestamp: completed,
    knowledgeBaseId: 'handbook',
    documentId,
    documentName: `${documentId}.md`,
    stage: 'embedding' as const,
    completed,
    total: 50,
    percentage: 50,
  }
}
