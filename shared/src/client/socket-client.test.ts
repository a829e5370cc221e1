import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeSocket } from '../../test/fake-socket.ts'
import { applyEvent, emptyExecutionView } from '../engine/reducer.ts'
import type { WorkflowEvent } from '../events/index.ts'
import { createSocketClient, type SocketClient, type SocketClientOptions } from './socket-client.ts'

const logAt = (seq: number): WorkflowEvent => {
  const node = { nodeId: 'n', nodePath: 'n', iteration: 1, level: 'info', message: `line ${seq}` } as const
  return { type: 'node:log', eventId: `id-${seq}`, timestamp: seq, executionId: 'e1', seq, ...node }
}

describe('SocketClient', () => {
  let client: SocketClient
  let tokens: (string | null)[]
  const open = (options: Partial<SocketClientOptions> = {}) => {
    const getToken = () => (tokens.length > 1 ? (tokens.shift() ?? null) : (tokens[0] ?? null))
    client = createSocketClient({ url: 'ws://x/ws', getToken, WebSocket: FakeSocket, random: () => 0.5, ...options })
    client.connect()
  }
  const settle = () => vi.advanceTimersByTimeAsync(0)
  const connect = async () => {
    await settle()
    FakeSocket.current.greet()
    return FakeSocket.current
  }

  beforeEach(() => {
    vi.useFakeTimers()
    FakeSocket.all = []
    tokens = ['t1']
  })
  afterEach(async () => {
    client.close()
    // The last state is shown within this; nothing begins anew.
    await vi.advanceTimersByTimeAsync(100)
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  it('F04 offers the subprotocol and a fresh token with each attempt', async () => {
    tokens = ['t1', 't2']
    open()
    await settle()
    expect(client.state.status).toBe('connecting')
    expect(FakeSocket.current.protocols).toEqual(['millrace.v1', 'bearer.t1'])
    FakeSocket.current.greet()
    expect(client.state.status).toBe('live')
    FakeSocket.current.drop(1006)
    expect(client.state).toMatchObject({ status: 'offline', lastError: { code: 'CONNECTION_LOST', closeCode: 1006 } })
    await vi.advanceTimersByTimeAsync(1000)
    expect(FakeSocket.current.protocols[1]).toBe('bearer.t2')
  })

  it.each([
    [1006, '', 'offline', 500],
    [1001, 'SERVER_LEAVING', 'offline', 1500],
    [1013, 'SLOW_CONSUMER', 'offline', 5500],
    [4401, 'TOKEN_EXPIRED', 'connecting', 0],
    [1008, 'TOKEN_EXPIRED', 'connecting', 0],
    [1008, 'INVALID_TOKEN', 'stopped', null],
    [4403, 'FORBIDDEN', 'stopped', null],
    [4400, 'MALFORMED_JSON', 'stopped', null],
  ])('F03 after close %i %s it is %s', async (code, reason, status, delayMs) => {
    open()
    const socket = await connect()
    socket.drop(code, reason)
    expect(client.state.status).toBe(status)
    if (delayMs === null) {
      await vi.advanceTimersByTimeAsync(120_000)
      expect(FakeSocket.all).toHaveLength(1)
      client.connect()
    } else {
      await vi.advanceTimersByTimeAsync(delayMs)
    }
    await settle()
    expect(FakeSocket.all).toHaveLength(2)
  })

  it('F02 waits longer after each failure, up to 30 s, and starts over after a stable life', async () => {
    open()
    const delays: number[] = []
    for (let count = 0; count < 8; count += 1) {
      await settle()
      FakeSocket.current.drop(1006)
      const delayMs = (client.state.retryAt ?? 0) - Date.now()
      delays.push(delayMs)
      await vi.advanceTimersByTimeAsync(delayMs)
    }
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
    const socket = await connect()
    await vi.advanceTimersByTimeAsync(5000)
    socket.drop(1006)
    expect((client.state.retryAt ?? 0) - Date.now()).toBe(500)
  })

  it('does not spin when a fresh token is refused as expired', async () => {
    open()
    await settle()
    FakeSocket.current.drop(1008, 'TOKEN_EXPIRED')
    await settle()
    FakeSocket.current.drop(1008, 'TOKEN_EXPIRED')
    expect(client.state.status).toBe('offline')
    expect(FakeSocket.all).toHaveLength(2)
  })

  it('stops without a token, and tries again when the token cannot be had just now', async () => {
    tokens = [null]
    open()
    await settle()
    expect(client.state).toMatchObject({ status: 'stopped', lastError: { code: 'NO_TOKEN' } })
    client.close()
    open({ getToken: () => Promise.reject(new Error('network')) })
    await settle()
    expect(client.state).toMatchObject({ status: 'offline', lastError: { code: 'TOKEN_UNAVAILABLE' } })
  })

  it('takes a silent server for dead, and a nudge finds out sooner', async () => {
    open()
    const first = await connect()
    await vi.advanceTimersByTimeAsync(50_000)
    first.say({ type: 'heartbeat' })
    await vi.advanceTimersByTimeAsync(54_000)
    expect(client.state.status).toBe('live')
    await vi.advanceTimersByTimeAsync(1001)
    expect(client.state).toMatchObject({ status: 'offline', lastError: { code: 'SILENT_SERVER' } })
    expect(first.isClosedByClient).toBe(true)
    client.nudge()
    const second = await connect()
    await vi.advanceTimersByTimeAsync(10)
    client.nudge()
    expect(second.last('ping')).toBeDefined()
    await vi.advanceTimersByTimeAsync(5001)
    expect(client.state.status).toBe('offline')
  })

  it('gives up an attempt that leads nowhere', async () => {
    open()
    await settle()
    await vi.advanceTimersByTimeAsync(15_000)
    expect(client.state).toMatchObject({ status: 'offline', lastError: { code: 'CONNECT_TIMEOUT' } })
  })

  it('sends a fresh token when the server says that the old one expires', async () => {
    tokens = ['t1', 't2']
    const entries: unknown[] = []
    open({ debug: (entry) => entries.push(entry) })
    const socket = await connect()
    socket.say({ type: 'token_expiring', expiresInMs: 60_000 })
    await settle()
    expect(socket.last('auth')).toMatchObject({ token: 't2' })
    expect(JSON.stringify(entries)).not.toContain('t2')
  })

  describe('following an execution', () => {
    let seen: number[]
    let errors: string[]
    const follow = () =>
      client.followExecution('e1', {
        onEvent: ({ seq }) => seen.push(seq),
        onCaughtUp: (seq) => seen.push(-seq),
        onError: ({ code }) => errors.push(code),
      })
    const answer = (socket: FakeSocket, epoch = 'a') => {
      const { id } = socket.last('subscribe')
      socket.say({ type: 'subscribed', id, executionId: 'e1', seq: 0, epoch })
    }
    beforeEach(() => {
      seen = []
      errors = []
      open()
    })

    it('drops what it has, repairs what is missing, and says what it lacks', async () => {
      const socket = await connect()
      follow()
      expect(socket.last('subscribe')).toMatchObject({ executionId: 'e1' })
      expect(client.state.status).toBe('catching-up')
      answer(socket)
      const state = [logAt(1), logAt(2)].reduce(applyEvent, emptyExecutionView('e1'))
      socket.say({ type: 'snapshot', executionId: 'e1', seq: 2, epoch: 'a', state })
      socket.say({ type: 'caught_up', executionId: 'e1', seq: 2 })
      expect(client.state.status).toBe('live')
      for (const seq of [3, 3, 2, 4]) socket.say(logAt(seq))
      expect(seen).toEqual([-2, 3, 4])
      socket.say(logAt(6))
      expect(socket.last('subscribe')).toMatchObject({ since: 4, epoch: 'a' })
      // What was on its way before the server heard of it does not count.
      socket.say(logAt(7))
      answer(socket)
      for (const seq of [5, 6, 7]) socket.say(logAt(seq))
      socket.say({ type: 'caught_up', executionId: 'e1', seq: 7 })
      expect(seen).toEqual([-2, 3, 4, 5, 6, 7, -7])
      expect(client.stats()).toMatchObject({ duplicatesDroppedCount: 2, gapsRepairedCount: 1 })
    })

    it('takes merged events for the stretch they stand for', async () => {
      const socket = await connect()
      follow()
      answer(socket)
      socket.say({ ...logAt(5), count: 5 })
      socket.say({ ...logAt(8), count: 2 })
      expect(seen).toEqual([5])
      expect(socket.last('subscribe')).toMatchObject({ since: 5 })
    })

    it('asks for the state when the same gap comes again and again', async () => {
      const socket = await connect()
      follow()
      answer(socket)
      for (let count = 0; count < 4; count += 1) {
        socket.say(logAt(9))
        answer(socket)
      }
      expect(socket.last('subscribe')).not.toHaveProperty('since')
    })

    it('is told what cannot be followed, and retries what is passing', async () => {
      const socket = await connect()
      follow()
      const { id } = socket.last('subscribe')
      socket.say({ type: 'error', id, executionId: 'e1', code: 'DATABASE_UNAVAILABLE', message: '' })
      expect(errors).toEqual([])
      await vi.advanceTimersByTimeAsync(1000)
      expect(socket.sent.filter(({ type }) => type === 'subscribe')).toHaveLength(2)
      socket.say({
        type: 'error',
        id: socket.last('subscribe').id,
        executionId: 'e1',
        code: 'EXECUTION_NOT_FOUND',
        message: '',
      })
      expect(errors).toEqual(['EXECUTION_NOT_FOUND'])
      expect(client.state.status).toBe('live')
      socket.drop(1006)
      await vi.advanceTimersByTimeAsync(500)
      const next = await connect()
      expect(next.sent).toEqual([])
    })

    it('does not ask again for a run that has ended', async () => {
      const socket = await connect()
      follow()
      answer(socket)
      socket.say({ type: 'caught_up', executionId: 'e1', seq: 0 })
      socket.say({ type: 'ended', executionId: 'e1', seq: 0 })
      socket.drop(1006)
      await vi.advanceTimersByTimeAsync(500)
      expect((await connect()).sent).toEqual([])
    })

    it('contains a handler that throws', async () => {
      const failures: unknown[] = []
      client.close()
      open({ debug: (entry) => entry.kind === 'listener-failed' && failures.push(entry.error) })
      const socket = await connect()
      client.followExecution('e1', {
        onEvent: () => {
          throw new Error('broken')
        },
      })
      follow()
      answer(socket)
      socket.say(logAt(1))
      expect(seen).toEqual([1])
      expect(failures).toMatchObject([{ message: 'broken' }])
    })

    it('comes back with many subscriptions without being a flood', async () => {
      const socket = await connect()
      const stops = Array.from({ length: 90 }, (_, index) => client.followExecution(`run-${index}`, {}))
      expect(socket.sent).toHaveLength(40)
      await vi.advanceTimersByTimeAsync(1000)
      expect(socket.sent.length).toBeLessThanOrEqual(61)
      await vi.advanceTimersByTimeAsync(3000)
      expect(socket.sent).toHaveLength(90)
      for (const stop of stops) stop()
      expect(client.stats()).toMatchObject({ executionCount: 0 })
    })
  })

  it('tells listeners every frame, an event of two channels once', async () => {
    open()
    const heard: string[] = []
    client.on('*', (frame) => heard.push(frame.type))
    client.on('kb:document:deleted', ({ documentId }) => heard.push(documentId))
    const stop = client.on('pong', () => heard.push('never'))
    stop()
    const socket = await connect()
    client.followChannel('kb', {})
    client.followChannel('kb:k1', {})
    const event = {
      type: 'kb:document:deleted',
      eventId: 'x',
      knowledgeBaseId: 'k1',
      documentId: 'd1',
      documentName: 'd',
      seq: 4,
      topic: 'workspace:w',
    }
    socket.say(event)
    socket.say(event)
    socket.say({ type: 'pong' })
    expect(heard).toEqual(['connected', 'd1', 'kb:document:deleted', 'pong'])
  })

  it('lets go of what it asked for on this connection, also while it asks again', async () => {
    open()
    const socket = await connect()
    const stop = client.followExecution('e1', {})
    socket.accept({ executionId: 'e1' }, { seq: 0, epoch: 'a' })
    // Asked again, and the words for it are used up: the message waits.
    const others = Array.from({ length: 39 }, (_, index) => client.followExecution(`run-${index}`, {}))
    socket.say(logAt(7))
    expect(socket.all('subscribe').filter(({ executionId }) => executionId === 'e1')).toHaveLength(1)
    stop()
    // Once more, and gone again before it is asked for.
    client.followExecution('e1', {})()
    await vi.advanceTimersByTimeAsync(1000)
    expect(socket.all('unsubscribe')).toMatchObject([{ executionId: 'e1' }])
    for (const other of others) other()
    await vi.advanceTimersByTimeAsync(3000)
    expect(socket.all('unsubscribe')).toHaveLength(40)
    expect(client.stats().outboxCount).toBe(0)
  })

  it('says no word of what was not asked for, or is over', async () => {
    open()
    const socket = await connect()
    const stop = client.followExecution('e1', {})
    socket.accept({ executionId: 'e1' }, { seq: 0, epoch: 'a' })
    socket.say({ type: 'caught_up', executionId: 'e1', seq: 0 })
    socket.say({ type: 'ended', executionId: 'e1', seq: 0 })
    stop()
    client.followExecution('e2', {})
    socket.drop(1006)
    client.followChannel('kb', {})()
    await vi.advanceTimersByTimeAsync(500)
    await connect()
    expect([...socket.all('unsubscribe'), ...FakeSocket.current.all('unsubscribe')]).toEqual([])
  })

  it('D05 acknowledges the list that a channel begins with', async () => {
    open()
    await settle()
    const socket = FakeSocket.current
    socket.greet(['ack'])
    client.followChannel('kb', { onItems: () => undefined })
    socket.accept({ channel: 'kb' }, { seq: 9, epoch: 'a', topic: 'workspace:w' })
    socket.say({ type: 'snapshot', channel: 'kb', seq: 9, epoch: 'a', items: [] })
    await vi.advanceTimersByTimeAsync(1000)
    expect(socket.all('ack')).toMatchObject([{ channel: 'kb', seq: 9 }])
  })

  it('tells a listener once what two channels bring, though one of them lagged over a cut', async () => {
    open()
    const heard: number[] = []
    client.on('kb:document:deleted', ({ seq }) => heard.push(seq))
    const names = ['kb', 'kb:k1']
    for (const channel of names) client.followChannel(channel, {})
    const place = { seq: 3, epoch: 'a', topic: 'workspace:w' }
    const tell = (socket: FakeSocket, channel: string, seqs: number[]) => {
      const document = { knowledgeBaseId: 'k1', documentId: 'd1', documentName: 'd' }
      const event = { type: 'kb:document:deleted', eventId: 'x', ...document, topic: 'workspace:w', channel }
      for (const seq of seqs) socket.say({ ...event, seq })
    }
    const comeBack = async () => {
      const socket = await connect()
      for (const channel of names) {
        socket.accept({ channel }, place)
        socket.say({ type: 'snapshot', channel, ...place, items: [] })
      }
      return socket
    }
    const socket = await comeBack()
    tell(socket, 'kb', [4, 5, 6])
    tell(socket, 'kb:k1', [4])
    socket.drop(1006)
    await vi.advanceTimersByTimeAsync(500)
    tell(await comeBack(), 'kb:k1', [5, 6, 7])
    expect(heard).toEqual([4, 5, 6, 7])
  })
})
