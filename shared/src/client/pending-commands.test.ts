import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ClientMessage, clientMessages, type ServerMessage } from '../protocol/messages.ts'
import { systemTimers } from '../timers.ts'
import { commandBufferLimits, PendingCommands } from './pending-commands.ts'
import { SteadyClock } from './steady-clock.ts'

const answeredBy = { userId: 'ada', name: 'Ada' }

describe('D06 commands without an answer', () => {
  let commands: PendingCommands
  let sent: (ClientMessage & { id?: number; idempotencyKey?: string })[]
  let isConnected: boolean
  let lastId: number

  beforeEach(() => {
    vi.useFakeTimers()
    sent = []
    isConnected = true
    lastId = 0
    commands = new PendingCommands({
      timers: systemTimers,
      clock: new SteadyClock(systemTimers),
      random: () => 1,
      nextId: () => ++lastId,
      isConnected: () => isConnected,
      put: (_key, build) => {
        const message = build()
        if (message !== null) sent.push(message as (typeof sent)[number])
      },
      drop: () => undefined,
    })
  })
  afterEach(() => {
    commands.close()
    expect(commands.count).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  const say = (message: object) => commands.handleMessage({ timestamp: 0, ...message } as ServerMessage)
  const accept = (id: number) =>
    say({ type: 'user:input:accepted', id, requestId: 'r', executionId: 'e', response: {}, answeredBy, answeredAt: 1 })

  it('sends what was asked offline when there is a connection, under the same key on each, and resolves once', async () => {
    isConnected = false
    const answered = commands.answer('r', 'yes')
    expect(sent).toEqual([])
    isConnected = true
    commands.handleConnected()
    commands.handleConnected()
    const [first, second] = sent
    expect(first).toMatchObject({ type: 'user:input:response', requestId: 'r', response: 'yes' })
    expect(first?.idempotencyKey).toMatch(/^[0-9a-f]{32}$/)
    expect(second).toEqual(first)
    accept(1)
    accept(1)
    expect(await answered).toMatchObject({ requestId: 'r' })
    commands.handleConnected()
    expect(sent).toHaveLength(2)
  })

  it('rejects with the code and details of the server', async () => {
    const answered = commands.answer('r', 'yes', { idempotencyKey: 'mine' })
    expect(sent[0]?.idempotencyKey).toBe('mine')
    say({ type: 'error', id: 1, code: 'PROMPT_ALREADY_ANSWERED', message: 'Ada has.', details: { answeredBy } })
    await expect(answered).rejects.toMatchObject({
      code: 'PROMPT_ALREADY_ANSWERED',
      message: 'Ada has.',
      details: { answeredBy },
    })
    const validated = commands.validate({})
    say({ type: 'error', id: 2, code: 'OF_A_NEWER_SERVER', message: 'New.' })
    await expect(validated).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  it('tells when a run began and how it ended, and asks for its end again after a reconnect', async () => {
    const started = commands.execute('w', { topic: 'x' })
    say({ type: 'workflow:accepted', id: 1, executionId: 'e', awaited: true })
    const { executionId, result } = await started
    expect(executionId).toBe('e')
    commands.handleConnected()
    expect(sent).toHaveLength(2)
    expect(sent[1]).toEqual(sent[0])
    say({ type: 'workflow:accepted', id: 1, executionId: 'e', awaited: true })
    say({ type: 'workflow:result', id: 1, executionId: 'e', status: 'completed', outputs: { text: 'Done' } })
    expect(await result).toMatchObject({ status: 'completed', outputs: { text: 'Done' } })
  })

  it('tells the end of a run that is over before anybody could look', async () => {
    const started = commands.execute('w', {})
    say({ type: 'workflow:accepted', id: 1, executionId: 'e', awaited: true })
    say({ type: 'workflow:result', id: 1, executionId: 'e', status: 'completed' })
    const { executionId, result } = await started
    expect([executionId, (await result)?.status]).toEqual(['e', 'completed'])
  })

  it.each(['DATABASE_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE', 'RATE_LIMITED'])(
    'asks for the end of a run again after %s, later each time',
    async (code) => {
      const started = commands.execute('w', {})
      say({ type: 'workflow:accepted', id: 1, executionId: 'e', awaited: true })
      const { result } = await started
      for (const delayMs of [1000, 2000, 4000]) {
        const before = sent.length
        say({ type: 'workflow:error', id: 1, code, message: '' })
        await vi.advanceTimersByTimeAsync(delayMs - 1)
        expect(sent).toHaveLength(before)
        await vi.advanceTimersByTimeAsync(1)
        expect(sent).toHaveLength(before + 1)
      }
      // The connection may wait for no more ends just now.
      say({ type: 'workflow:accepted', id: 1, executionId: 'e', awaited: false })
      await vi.advanceTimersByTimeAsync(8000)
      expect(sent).toHaveLength(5)
      expect(new Set(sent.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
      say({ type: 'workflow:result', id: 1, executionId: 'e', status: 'failed' })
      expect(await result).toMatchObject({ status: 'failed' })
    },
  )

  it('waits as long as the server asks, and leaves the asking to the next connection', async () => {
    const started = commands.execute('w', {})
    say({ type: 'workflow:accepted', id: 1, executionId: 'e', awaited: true })
    const { result } = await started
    say({ type: 'workflow:error', id: 1, code: 'RATE_LIMITED', message: '', details: { retryAfterMs: 5000 } })
    await vi.advanceTimersByTimeAsync(4999)
    expect(sent).toHaveLength(1)
    isConnected = false
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toHaveLength(1)
    isConnected = true
    commands.handleConnected()
    expect(sent).toHaveLength(2)
    say({ type: 'workflow:error', id: 1, code: 'FORBIDDEN', message: '' })
    await expect(result).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('asks again where an earlier ask may have counted, and tells at once where none can', async () => {
    const refused = commands.answer('r', 'yes')
    say({ type: 'error', id: 1, code: 'TEMPORAL_UNAVAILABLE', message: '' })
    await expect(refused).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' })
    const answered = commands.answer('r', 'yes')
    commands.handleConnected()
    say({ type: 'error', id: 2, code: 'TEMPORAL_UNAVAILABLE', message: '' })
    await vi.advanceTimersByTimeAsync(1000)
    expect(sent).toHaveLength(4)
    accept(2)
    expect(await answered).toMatchObject({ requestId: 'r' })
  })

  it('gives the end of a run half a day, with a connection or without', async () => {
    const started = commands.execute('w', {})
    say({ type: 'workflow:accepted', id: 1, executionId: 'e', awaited: true })
    const { result } = await started
    isConnected = false
    const timedOut = expect(result).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT' })
    await vi.advanceTimersByTimeAsync(12 * 3_600_000)
    await timedOut
    expect(commands.count).toBe(0)
  })

  it('gives the end of a run a minute while nobody connects any more', async () => {
    const ends = ['e1', 'e2'].map(async (executionId, index) => {
      const started = commands.execute('w', {})
      say({ type: 'workflow:accepted', id: index + 1, executionId, awaited: true })
      return (await started).result
    })
    const settled = Promise.allSettled(ends)
    commands.handleStopped(true)
    await vi.advanceTimersByTimeAsync(59_000)
    commands.handleStopped(false)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(commands.count).toBe(2)
    commands.handleStopped(true)
    await vi.advanceTimersByTimeAsync(60_000)
    const end = { status: 'rejected', reason: { code: 'CLIENT_STOPPED' } }
    expect(await settled).toMatchObject([end, end])
    expect(commands.count).toBe(0)
  })

  it('gives an answer a minute while nobody connects any more, and its own time once somebody does', async () => {
    isConnected = false
    const asked = { timeoutMs: 3_600_000 }
    const before = expect(commands.answer('r1', 'yes', asked)).rejects.toMatchObject({ code: 'CLIENT_STOPPED' })
    commands.handleStopped(true)
    await vi.advanceTimersByTimeAsync(30_000)
    const within = expect(commands.answer('r2', 'yes', asked)).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT' })
    await vi.advanceTimersByTimeAsync(30_000)
    await before
    commands.handleStopped(false)
    await vi.advanceTimersByTimeAsync(3_600_000 - 30_001)
    expect(commands.count).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    await within
  })

  it('takes nothing once it is closed, for that would wait without an end, until it is opened again', async () => {
    commands.close()
    await expect(commands.answer('r', 'yes')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    expect([sent.length, commands.count]).toEqual([0, 0])
    commands.open()
    const answered = commands.answer('r', 'yes')
    accept(1)
    expect(await answered).toMatchObject({ requestId: 'r' })
  })

  it('U08 records a run that happened here, once', async () => {
    isConnected = false
    const run = { workflowId: 'w', status: 'completed', outputs: { text: 'Done' }, duration: 5 } as const
    const recorded = commands.recordBrowserRun(run, { idempotencyKey: 'mine' })
    isConnected = true
    commands.handleConnected()
    commands.handleConnected()
    expect(sent).toHaveLength(2)
    expect(sent[1]).toEqual({ type: 'workflow:browser_result', id: 1, idempotencyKey: 'mine', ...run })
    expect(clientMessages['workflow:browser_result'].safeParse(sent[1]).success).toBe(true)
    say({ type: 'workflow:recorded', id: 1, executionId: 'e' })
    expect(await recorded).toMatchObject({ executionId: 'e' })
    const refused = commands.recordBrowserRun(run)
    say({ type: 'workflow:error', id: 2, code: 'WORKFLOW_NOT_FOUND', message: '' })
    await expect(refused).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND' })
    const large = { ...run, outputs: { text: 'x'.repeat(65 * 1024) } }
    await expect(commands.recordBrowserRun(large)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
  })

  it('waits for no more ends than the server tells', async () => {
    const started = commands.execute('w', {})
    say({ type: 'workflow:accepted', id: 1, executionId: 'e', awaited: false })
    expect(await started).toEqual({ executionId: 'e', result: null })
    expect(commands.count).toBe(0)
  })

  it('never starts a run anew when the server may have forgotten its key', async () => {
    const started = commands.execute('w', {})
    say({ type: 'workflow:accepted', id: 1, executionId: 'e', awaited: true })
    const { result } = await started
    await vi.advanceTimersByTimeAsync(13 * 3_600_000)
    commands.handleConnected()
    expect(sent).toHaveLength(1)
    await expect(result).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT' })
  })

  it('holds so many and so much, and refuses more', async () => {
    isConnected = false
    const waiting = Array.from({ length: commandBufferLimits.commandsMax }, () => commands.answer('r', 'yes'))
    await expect(commands.answer('r', 'no')).rejects.toMatchObject({ code: 'BUFFER_FULL' })
    commands.close()
    for (const one of await Promise.allSettled(waiting))
      expect(one).toMatchObject({ reason: { code: 'CLIENT_CLOSED' } })
    commands.open()
    const large = 'x'.repeat(60 * 1024)
    const texts = Array.from({ length: 8 }, () => commands.answer('r', large))
    await expect(commands.answer('r', large)).rejects.toMatchObject({ code: 'BUFFER_FULL' })
    commands.close()
    await Promise.allSettled(texts)
    commands.open()
    // The server would close the connection for it, on every try.
    await expect(commands.answer('r', 'ä'.repeat(33 * 1024))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
  })

  it('gives up after a time, and hears no late answer', async () => {
    const answered = commands.answer('r', 'yes', { timeoutMs: 1000 })
    const failed = expect(answered).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT' })
    await vi.advanceTimersByTimeAsync(1000)
    await failed
    accept(1)
    commands.handleConnected()
    expect(sent).toHaveLength(1)
  })
})
