import { clientMessages } from '@millrace/shared/protocol/messages'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { headsBy } from '../../test/support/heads-by.ts'
import { EventBridge } from '../events/event-bridge.ts'
import { InProcessEventBus } from '../events/event-bus.ts'
import type { EventReader, StoredEvent, TopicHead } from '../events/event-reader.ts'
import { fragmentBytesMax } from './frames/text-frame.ts'
import type { Identity } from './identity.ts'
import { WebSocketManager } from './websocket-manager.ts'
import { sseWire } from './wires/sse-wire.ts'
import type { Transport } from './wires/transport.ts'

const ada: Identity = {
  kind: 'user',
  userId: 'ada',
  name: 'Ada',
  workspaces: [{ id: 'ws-1', role: 'owner' }],
  expiresAt: null,
}
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const origin = { address: '127.0.0.1', userAgent: null }
const turns = async (count = 4) => {
  for (let done = 0; done < count; done += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A socket whose kernel takes nothing until told. */
class FakeTransport implements Transport {
  readonly writes: Buffer[] = []
  closed: [number, string] | null = null
  isTerminated = false
  bufferedBytes = 0
  isHolding = false
  #drained: () => void = () => undefined
  send(frames: readonly Buffer[]) {
    const written = Buffer.concat([...frames])
    this.writes.push(written)
    if (this.isHolding) this.bufferedBytes += written.length
  }
  close(code: number, reason: string) {
    this.closed ??= [code, reason]
  }
  terminate() {
    this.isTerminated = true
  }
  onDrain(listener: () => void) {
    this.#drained = listener
  }
  drain() {
    this.bufferedBytes = 0
    this.#drained()
  }
  /** Opcode, whether it is the last fragment, and payload of every frame written. */
  frames(): { opcode: number; isLast: boolean; payload: Buffer }[] {
    const bytes = Buffer.concat(this.writes)
    const frames = []
    for (let at = 0; at < bytes.length; ) {
      const [first = 0, short = 0] = [bytes[at], bytes[at + 1]]
      const [header, length] = short === 126 ? [4, bytes.readUInt16BE(at + 2)] : [2, short]
      const payload = bytes.subarray(at + header, at + header + length)
      frames.push({ opcode: first & 15, isLast: first >= 128, payload })
      at += header + length
    }
    return frames
  }
}

describe('WebSocketManager', () => {
  const bus = new InProcessEventBus()
  let stored: StoredEvent[]
  const reader: EventReader = {
    heads: (topics) => headsBy(reader.head)(topics),
    async head(topic): Promise<TopicHead | null> {
      const mine = stored.filter((event) => event.topic === topic)
      return topic.startsWith('user:')
        ? null
        : { topic, workspaceId: 'ws-1', epoch: 'a', seq: mine.length, closed: false }
    },
    read: async (topic, afterSeq, limit) =>
      stored.filter((event) => event.topic === topic).slice(afterSeq, afterSeq + limit),
  }
  let bridge: EventBridge
  let manager: WebSocketManager
  let transport: FakeTransport

  beforeEach(() => {
    stored = []
    bridge = new EventBridge({ bus, reader, logger: quiet })
    manager = new WebSocketManager({ bridge, reader, authenticate: async () => ada, logger: quiet })
    transport = new FakeTransport()
  })
  afterEach(() => {
    manager.close()
    bridge.close()
  })

  const append = (topic: string, text: string) => {
    const seq = stored.filter((event) => event.topic === topic).length + 1
    const payload = JSON.stringify({ type: 'node:log', seq, text })
    const event: StoredEvent = { topic, epoch: 'a', seq, eventId: `${seq}`, type: 'node:log', payload }
    stored.push(event)
    bus.publish([event])
  }
  const follow = async (executionId: string, to = transport) => {
    const connection = manager.accept(to, ada, origin)
    if (connection === null) throw new Error('refused')
    manager.handleMessage(connection, JSON.stringify({ type: 'subscribe', executionId, since: 0 }))
    await turns(10)
    return connection
  }

  it('writes once per turn and connection, however many events there are', async () => {
    const other = new FakeTransport()
    await follow('e1')
    await follow('e1', other)
    const before = [transport.writes.length, other.writes.length]
    for (let count = 0; count < 100; count += 1) append('execution:e1', 'x')
    await turns()
    expect([transport.writes.length, other.writes.length]).toEqual(before.map((count) => count + 1))
    // Readers at the same place are given the same bytes, not copies of them.
    expect(transport.writes.at(-1)).toEqual(other.writes.at(-1))
  })

  it('stops above the high-water mark, holds nothing, and goes on where it was', async () => {
    const connection = await follow('e1')
    transport.isHolding = true
    for (let count = 0; count < 500; count += 1) append('execution:e1', 'x'.repeat(1000))
    await turns(20)
    expect(transport.bufferedBytes).toBeGreaterThanOrEqual(64 * 1024 - 1100)
    expect(transport.bufferedBytes).toBeLessThan(64 * 1024 + fragmentBytesMax)
    expect(connection.waitingBytes).toBe(0)
    for (let count = 0; count < 20; count += 1) {
      transport.drain()
      await turns(3)
    }
    const seqs = transport.frames().flatMap(({ payload }) => {
      const { type, seq } = JSON.parse(payload.toString())
      return type === 'node:log' ? [seq] : []
    })
    expect(seqs).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
  })

  it('sends a long message in fragments, with nothing but control frames in between', async () => {
    await follow('e1')
    await follow('e2', new FakeTransport())
    transport.isHolding = true
    append('execution:e1', 'L'.repeat(250_000))
    append('execution:e1', 'short')
    await turns()
    for (let count = 0; count < 10; count += 1) {
      const [connection] = manager.connections()
      expect(connection?.unsentBytes).toBeLessThan(300_000)
      transport.drain()
      await turns(3)
    }
    const frames = transport.frames()
    const start = frames.findIndex(({ isLast }) => !isLast)
    const end = frames.findIndex(({ isLast }, index) => index > start && isLast)
    expect(frames.slice(start + 1, end + 1).every(({ opcode }) => opcode === 0)).toBe(true)
    const text = Buffer.concat(frames.slice(start, end + 1).map(({ payload }) => payload)).toString()
    expect(JSON.parse(text)).toMatchObject({ seq: 1, text: 'L'.repeat(250_000) })
    expect(JSON.parse(frames[end + 1]?.payload.toString() ?? '')).toMatchObject({ seq: 2, text: 'short' })
  })

  it('lets an answer of any size wait, makes large ones one by one, and closes who only asks', async () => {
    const connection = manager.accept(transport, ada, origin)
    if (connection === null) throw new Error('refused')
    await turns()
    transport.isHolding = true
    const notice = (id: number, characters: number) =>
      ({ type: 'error', timestamp: 1, id, code: 'INTERNAL', message: 'm'.repeat(characters) }) as const
    connection.send(notice(0, 2_000_000))
    const made: number[] = []
    for (let id = 1; id <= 20; id += 1) {
      void connection.sendInTurn(async () => {
        made.push(id)
        connection.send(notice(id, 120_000))
      })
    }
    await turns()
    expect([made, transport.closed]).toEqual([[], null])
    for (let count = 0; count < 120; count += 1) {
      transport.drain()
      await turns(5)
      // One that is being sent, and one that waits behind it.
      if (made.length > 0) expect(connection.waitingBytes).toBeLessThan(250_000)
    }
    expect(made).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(transport.frames().filter(({ isLast, opcode }) => isLast && opcode < 2)).toHaveLength(22)
    for (let id = 0; transport.closed === null && id < 100; id += 1) connection.send(notice(id, 50_000))
    expect(transport.closed).toEqual([1013, 'SLOW_CONSUMER'])
  })

  it('does not end a stream whose one subscription is still being opened', async () => {
    const gate = Promise.withResolvers<void>()
    const target = { kind: 'execution', executionId: 'e1' } as const
    const slow = new WebSocketManager({
      bridge,
      reader,
      authenticate: async () => ada,
      logger: quiet,
      authorizeTopic: () => gate.promise.then(() => ({ topic: 'execution:e1', target, workspaceIdWhenAbsent: null })),
    })
    const connection = slow.accept(transport, ada, origin, sseWire)
    if (connection === null) throw new Error('refused')
    const following = slow.follow(connection, { executionId: 'e1', since: 0 })
    connection.wake()
    await turns()
    expect(transport.closed).toBeNull()
    gate.resolve()
    await following
    await turns()
    expect([transport.closed, Buffer.concat(transport.writes).toString()]).toEqual([
      null,
      expect.stringContaining('event: caught_up'),
    ])
    slow.close()
  })

  it('closes a connection before a byte of another workspace is written', async () => {
    const connection = await follow('e1')
    connection.identity = { ...ada, workspaces: [{ id: 'ws-2', role: 'owner' }] }
    append('execution:e1', 'canary')
    await turns()
    expect(transport.closed).toEqual([4500, 'INTERNAL'])
    expect(Buffer.concat(transport.writes).toString()).not.toContain('canary')
    expect(manager.stats().violationCount).toBe(1)
  })

  it('writes nothing after the expiry, even before anybody looked at the clock', async () => {
    const connection = await follow('e1')
    connection.identity = { ...ada, expiresAt: Date.now() - 5001 }
    append('execution:e1', 'late')
    await turns()
    expect(transport.closed).toEqual([4401, 'TOKEN_EXPIRED'])
    expect(Buffer.concat(transport.writes).toString()).not.toContain('late')
  })

  it('gives every subscription its share of a turn', async () => {
    const connection = await follow('busy')
    manager.handleMessage(connection, JSON.stringify({ type: 'subscribe', executionId: 'calm', since: 0 }))
    await turns(10)
    transport.isHolding = true
    for (let count = 0; count < 2000; count += 1) append('execution:busy', 'x'.repeat(1000))
    append('execution:calm', 'a question')
    let turnsTaken = 0
    while (!Buffer.concat(transport.writes).includes('a question') && turnsTaken < 50) {
      transport.drain()
      await turns(3)
      turnsTaken += 1
    }
    // The busy one has 2 MB to send, 31 writes' worth.
    expect(turnsTaken).toBeLessThanOrEqual(3)
  })

  it('can be taught another message, and refuses to be taught one twice', () => {
    const connection = manager.accept(transport, ada, origin)
    const heard: unknown[] = []
    const handler = {
      schema: clientMessages.ping.extend({ type: clientMessages.auth.shape.token }),
      handle: () => void heard.push(1),
    }
    manager.registerHandler('greet', handler)
    expect(() => manager.registerHandler('ping', handler)).toThrow('has a handler already')
    if (connection !== null) manager.handleMessage(connection, '{"type":"greet"}')
    expect(heard).toEqual([1])
  })
})
