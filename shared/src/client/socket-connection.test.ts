import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeSocket } from '../../test/fake-socket.ts'
import { createSocketClient, type DebugEntry, type SocketClient, type SocketClientOptions } from './socket-client.ts'
import type { WebSocketConstructor } from './web-socket-like.ts'

describe('the connection of a client', () => {
  let client: SocketClient
  const open = (options: Partial<SocketClientOptions> = {}) => {
    const given = { url: 'ws://x/ws', getToken: () => 'secret-token', WebSocket: FakeSocket, random: () => 0.5 }
    client = createSocketClient({ ...given, ...options })
    client.connect()
  }
  const settle = () => vi.advanceTimersByTimeAsync(0)
  const connect = async (capabilities: string[] = []) => {
    await settle()
    FakeSocket.current.greet(capabilities)
    return FakeSocket.current
  }

  beforeEach(() => {
    vi.useFakeTimers()
    FakeSocket.all = []
  })
  afterEach(async () => {
    client.close()
    await vi.advanceTimersByTimeAsync(100)
    expect(vi.getTimerCount()).toBe(0)
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  describe('when somebody sets the clock back', () => {
    const setBack = () => vi.setSystemTime(Date.now() - 3_600_000)

    it('goes on sending', async () => {
      open()
      const socket = await connect()
      for (let index = 0; index < 60; index += 1) client.followExecution(`run-${index}`, {})
      expect(socket.sent).toHaveLength(40)
      setBack()
      await vi.advanceTimersByTimeAsync(1100)
      expect(socket.sent).toHaveLength(60)
    })

    it('goes on acknowledging', async () => {
      open()
      const socket = await connect(['ack'])
      client.followChannel('kb', {})
      const snapshot = { type: 'snapshot', channel: 'kb', epoch: 'a', items: [] }
      for (const seq of [5, 6]) {
        socket.accept({ channel: 'kb' }, { seq, epoch: 'a' })
        socket.say({ ...snapshot, seq })
        socket.say({ type: 'resync', channel: 'kb', reason: 'future' })
        socket.say({ ...snapshot, seq })
        await vi.advanceTimersByTimeAsync(1000)
        setBack()
      }
      expect(socket.all('ack')).toMatchObject([{ seq: 5 }, { seq: 6 }])
    })

    it('notices a silent server as soon as ever', async () => {
      open()
      await connect()
      setBack()
      await vi.advanceTimersByTimeAsync(55_001)
      expect(client.state).toMatchObject({ status: 'offline', lastError: { code: 'SILENT_SERVER' } })
    })
  })

  describe('when this host can never connect', () => {
    const throwing = (message: string) =>
      function refuse() {
        throw new SyntaxError(message)
      } as unknown as WebSocketConstructor

    it.each([
      ['it has no WebSocket', () => ({ WebSocket: undefined }), 'This host has no WebSocket'],
      ['the address is none', () => ({ WebSocket: throwing("Invalid URL 'nonsense'") }), "Invalid URL 'nonsense'"],
      [
        'the address cannot be had',
        () => ({
          url: () => {
            throw new Error('no address')
          },
        }),
        'no address',
      ],
      ['the token fits no subprotocol', () => ({ getToken: () => 'with space' }), 'The token has characters'],
    ])('stops and says why: %s', async (_name, optionsOf, message) => {
      vi.stubGlobal('WebSocket', undefined)
      const states: unknown[] = []
      open({
        debug: (entry: DebugEntry) => entry.kind === 'state' && states.push(entry.state),
        ...optionsOf(),
      } as never)
      await settle()
      const stopped = {
        status: 'stopped',
        retryAt: null,
        lastError: { code: 'CANNOT_CONNECT', closeCode: null, message: expect.stringContaining(message) },
      }
      expect(client.state).toEqual(stopped)
      expect(states.at(-1)).toEqual(stopped)
      await vi.advanceTimersByTimeAsync(120_000)
      expect(FakeSocket.all).toHaveLength(0)
    })

    it('never repeats a secret that the host quotes', async () => {
      const quoted = "The URL 'ws://ada:pass@x/ws?token=mine&x=1' or 'bearer.secret-token' is invalid."
      open({ WebSocket: throwing(quoted) })
      await settle()
      expect(client.state.lastError?.message).toBe(
        "The URL 'ws://[redacted]@x/ws?[redacted]' or 'bearer.[redacted]' is invalid.",
      )
    })

    it('tries again when it is told to', async () => {
      let isWrong = true
      open({ getToken: () => (isWrong ? 'with space' : 'good') })
      await settle()
      isWrong = false
      client.connect()
      await connect()
      expect(client.state.status).toBe('live')
    })
  })

  it.each([1013, 4429])(
    'leaves the server alone for as long as it asks after %i, also when it is nudged',
    async (code) => {
      open()
      const socket = await connect()
      socket.drop(code)
      await vi.advanceTimersByTimeAsync(1000)
      client.nudge()
      expect((client.state.retryAt ?? 0) - Date.now()).toBe(4000)
      await vi.advanceTimersByTimeAsync(3999)
      client.nudge()
      expect(FakeSocket.all).toHaveLength(1)
      await vi.advanceTimersByTimeAsync(1)
      expect(FakeSocket.all).toHaveLength(2)
      // Otherwise a nudge is an attempt.
      FakeSocket.current.drop(1006)
      client.nudge()
      await settle()
      expect(FakeSocket.all).toHaveLength(3)
    },
  )

  it('sends once what a listener asks for as soon as it hears of the connection', async () => {
    open()
    const asked: Promise<unknown>[] = []
    client.onState(({ status }) => {
      if (status !== 'live' || asked.length > 0) return
      asked.push(client.answer('r', 'yes'))
      client.followExecution('e1', {})
    })
    const socket = await connect()
    expect([socket.all('user:input:response').length, socket.all('subscribe').length]).toEqual([1, 1])
    client.close()
    await expect(asked[0]).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
  })

  it('D06 gives up the end of a run a minute after it was refused', async () => {
    open()
    const socket = await connect()
    const starting = client.execute('w', {})
    socket.say({
      type: 'workflow:accepted',
      id: socket.last('workflow:execute')['id'],
      executionId: 'e',
      awaited: true,
    })
    const { result } = await starting
    socket.drop(1008, 'INVALID_TOKEN')
    const stopped = expect(result).rejects.toMatchObject({ code: 'CLIENT_STOPPED' })
    await vi.advanceTimersByTimeAsync(60_000)
    await stopped
  })

  it('takes no command once it is closed, and takes them again with the next connection', async () => {
    open()
    await connect()
    client.close()
    await expect(client.answer('r', 'yes')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    client.connect()
    const answered = expect(client.answer('r', 'yes')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    const socket = await connect()
    expect(socket.all('user:input:response')).toHaveLength(1)
    client.close()
    await answered
  })

  it('may be closed by whoever watches it', async () => {
    open({ debug: (entry: DebugEntry) => entry.kind === 'sent' && client.close() })
    client.followExecution('e1', {})
    await connect()
    expect([client.state.status, FakeSocket.current.isClosedByClient]).toEqual(['idle', true])
  })

  it('does not mind a debug switch that throws', async () => {
    open({
      debug: () => {
        throw new Error('broken')
      },
    })
    const socket = await connect()
    client.on('pong', () => {
      throw new Error('broken, too')
    })
    socket.say({ type: 'pong' })
    client.followExecution('e1', {})
    expect([client.state.status, socket.all('subscribe').length]).toEqual(['catching-up', 1])
  })
})
