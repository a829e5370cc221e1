import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ExecutionSummary } from '../api/executions.ts'
import { parseChannel, unknownChannel } from '../protocol/channels.ts'
import type { ClientMessage } from '../protocol/messages.ts'
import { systemTimers } from '../timers.ts'
import { newCounters } from './connection-counters.ts'
import { FollowedChannel } from './followed-channel.ts'

const topic = 'workspace:ws-1'
const run = (executionId: string, workflowId = 'w1', createdAt = 1): ExecutionSummary => ({
  executionId,
  workflowId,
  workflowName: 'W',
  workflowVersion: 1,
  status: 'running',
  totalNodes: 3,
  completedNodes: 0,
  startedByName: 'Ada',
  createdAt,
  startedAt: createdAt,
})
const created = (seq: number, executionId: string, workflowId = 'w1') => ({
  type: 'execution:created' as const,
  eventId: `c${seq}`,
  timestamp: seq * 10,
  executionId,
  workflowId,
  workflowName: 'W',
  workflowVersion: 1,
  totalNodes: 3,
  seq,
  topic,
})
const waiting = (seq: number, executionId: string, workflowId = 'w1') => ({
  type: 'execution:waiting' as const,
  eventId: `w${seq}`,
  timestamp: seq * 10,
  executionId,
  workflowId,
  requestIds: [],
  seq,
  topic,
})

describe('FollowedChannel', () => {
  let requests: number
  let channel: FollowedChannel
  let asked: ClientMessage | null
  let id: number
  const open = (name = 'executions', workspaceId?: string) => {
    const hooks = {
      timers: systemTimers,
      random: () => 0.5,
      contain: (call: () => void) => call(),
      counters: newCounters(),
      requestSubscribe: () => {
        requests += 1
      },
      onProgress: () => undefined,
    }
    channel = new FollowedChannel({ name, workspaceId }, parseChannel(name) ?? unknownChannel, hooks)
    return channel
  }
  const stamp = { timestamp: 0, channel: 'executions', epoch: 'e' }
  /** What the client sends next, and the server's yes to it. */
  const subscribe = (seq: number, epoch = stamp.epoch) => {
    id += 1
    asked = channel.subscribeMessage(id)
    channel.handleSubscribed({ type: 'subscribed', id, ...stamp, epoch, seq, topic })
  }
  const snapshot = (seq: number, items: ExecutionSummary[]) =>
    channel.handleSnapshot({ type: 'snapshot', ...stamp, seq, items })
  const caughtUp = (seq: number) =>
    channel.handleCaughtUp({ type: 'caught_up', timestamp: 0, channel: 'executions', seq })
  const settle = () => vi.advanceTimersByTimeAsync(20)
  const idsOf = (items: unknown) => (items as ExecutionSummary[]).map(({ executionId }) => executionId)

  beforeEach(() => {
    vi.useFakeTimers()
    requests = 0
    id = 0
    asked = null
  })
  afterEach(() => {
    channel.dispose()
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  it('S03 hands on the list, then events, and carries the list on with them', async () => {
    const [onSnapshot, onItems, onEvent, onLive] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()]
    open().add({ onSnapshot, onItems, onEvent, onLive }, undefined)
    channel.handleConnected()
    subscribe(5)
    snapshot(5, [run('a')])
    caughtUp(5)
    expect(onLive).toHaveBeenCalledTimes(1)
    expect(channel.handleEvent(created(5, 'a'))).toBe(false)
    expect(channel.handleEvent(created(7, 'b'))).toBe(true)
    expect(channel.handleEvent(waiting(8, 'a'))).toBe(true)
    await settle()
    expect(onSnapshot).toHaveBeenCalledExactlyOnceWith([run('a')])
    expect(onEvent.mock.calls.map(([{ seq }]) => seq)).toEqual([7, 8])
    expect(onItems.mock.lastCall?.[0]).toMatchObject([
      { executionId: 'b', status: 'queued', createdAt: 70 },
      { executionId: 'a', status: 'waiting' },
    ])
  })

  it('F03 asks for the tail only when it comes back, and for the list again when that was not reached', () => {
    open().add({ onItems: vi.fn() }, { workflow_ids: ['w1'] })
    channel.handleConnected()
    subscribe(5)
    expect(asked).toEqual({ type: 'subscribe', id: 1, channel: 'executions', filters: { workflow_ids: ['w1'] } })
    channel.handleDisconnected()
    channel.handleConnected()
    subscribe(6)
    expect(asked).not.toHaveProperty('since')
    snapshot(6, [])
    channel.handleEvent(created(9, 'a'))
    channel.handleDisconnected()
    channel.handleConnected()
    subscribe(9)
    expect(asked).toMatchObject({ since: 9, epoch: 'e', filters: { workflow_ids: ['w1'] } })
  })

  it('S08 filters at the server only what all followers want alike, and at home what they want apart', async () => {
    const [first, second] = [vi.fn(), vi.fn()]
    open().add({ onEvent: first }, { workflow_ids: ['w1', 'w2'] })
    channel.add({ onEvent: vi.fn() }, { workflow_ids: ['w2', 'w1'] })
    channel.handleConnected()
    subscribe(0)
    expect(asked).toMatchObject({ filters: { workflow_ids: ['w1', 'w2'] } })
    snapshot(0, [])
    caughtUp(0)
    channel.add({ onEvent: second }, { workflow_ids: ['w3'] })
    expect(requests).toBe(2)
    subscribe(0)
    expect(asked).toEqual({ type: 'subscribe', id: 2, channel: 'executions' })
    snapshot(0, [])
    caughtUp(0)
    for (const [seq, workflowId] of [
      [1, 'w1'],
      [2, 'w3'],
      [3, 'w4'],
    ] as const)
      channel.handleEvent(created(seq, 'x', workflowId))
    await settle()
    expect(first.mock.calls.map(([{ seq }]) => seq)).toEqual([1])
    expect(second.mock.calls.map(([{ seq }]) => seq)).toEqual([2])
  })

  it('S08 sees rows leave a list that is filtered by status', async () => {
    const onItems = vi.fn()
    open().add({ onItems }, { workflow_ids: ['w1'], statuses: ['running'] })
    channel.handleConnected()
    subscribe(3)
    expect(asked).toMatchObject({ filters: { workflow_ids: ['w1'] } })
    snapshot(3, [run('a'), run('b')])
    caughtUp(3)
    channel.handleEvent(waiting(4, 'a'))
    await settle()
    expect(idsOf(onItems.mock.lastCall?.[0])).toEqual(['b'])
  })

  it('tells who follows later the list as it is, without asking the server again', async () => {
    open().add({ onItems: vi.fn() }, undefined)
    channel.handleConnected()
    subscribe(1)
    snapshot(1, [run('a')])
    caughtUp(1)
    channel.handleEvent(waiting(2, 'a'))
    const [onSnapshot, onItems, onLive] = [vi.fn(), vi.fn(), vi.fn()]
    channel.add({ onSnapshot, onItems, onLive }, undefined)
    expect(onLive).not.toHaveBeenCalled()
    await settle()
    expect(onSnapshot.mock.lastCall?.[0]).toMatchObject([{ executionId: 'a', status: 'waiting' }])
    expect(onItems).toHaveBeenCalled()
    expect(onLive).toHaveBeenCalledTimes(1)
    expect(requests).toBe(1)
  })

  it('keeps two workspaces of one channel apart, and approvals from the questions behind them', () => {
    const onEvent = vi.fn()
    open('prompts', 'ws-1').add({ onEvent }, undefined)
    channel.handleConnected()
    subscribe(0)
    expect(asked).toMatchObject({ workspaceId: 'ws-1' })
    caughtUp(0)
    const node = { executionId: 'e', nodeId: 'n', nodePath: 'n', iteration: 1, eventId: 'q', timestamp: 1 }
    const expired = { type: 'user:input:expired' as const, ...node, requestId: 'q' }
    expect(channel.handleEvent({ ...expired, seq: 1, topic: 'workspace:ws-2' })).toBe(false)
    expect(channel.handleEvent({ ...expired, type: 'approval:expired', seq: 1, topic })).toBe(false)
    expect(channel.handleEvent({ ...expired, seq: 1, topic })).toBe(true)
    expect(onEvent).toHaveBeenCalledTimes(1)
  })

  it('F03 continues nothing of another past when it is cut off before it is told to let go', async () => {
    const onItems = vi.fn()
    open().add({ onItems }, undefined)
    channel.handleConnected()
    subscribe(41)
    snapshot(41, [run('a')])
    caughtUp(41)
    channel.handleDisconnected()
    channel.handleConnected()
    subscribe(3, 'another')
    expect(asked).toMatchObject({ since: 41, epoch: 'e' })
    channel.handleDisconnected()
    channel.handleConnected()
    subscribe(3, 'another')
    expect(asked).not.toHaveProperty('since')
    // What was shown stays until the list comes.
    await settle()
    expect(idsOf(onItems.mock.lastCall?.[0])).toEqual(['a'])
  })

  it('tells who comes late once that it is live, or that it cannot be followed', async () => {
    const [onLive, onSnapshot, onError] = [vi.fn(), vi.fn(), vi.fn()]
    open().add({}, undefined)
    channel.handleConnected()
    subscribe(1)
    snapshot(1, [run('a')])
    channel.add({ onLive, onSnapshot }, undefined)
    caughtUp(1)
    await settle()
    expect([onLive.mock.calls.length, onSnapshot.mock.calls.length]).toEqual([1, 1])
    channel.add({ onError }, undefined)
    const refusal = { type: 'error' as const, timestamp: 0, channel: 'executions', message: '' }
    channel.handleError({ ...refusal, code: 'CHANNEL_NOT_FOUND' })
    channel.handleError({ ...refusal, code: 'CHANNEL_NOT_FOUND' })
    await settle()
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it.each(['INTERNAL', 'TOO_MANY_SUBSCRIPTIONS'] as const)('asks again after %s on the next connection', (code) => {
    const [onError, onLive] = [vi.fn(), vi.fn()]
    open().add({ onError, onLive }, undefined)
    channel.handleConnected()
    channel.subscribeMessage(1)
    channel.handleError({ type: 'error', timestamp: 0, channel: 'executions', code, message: '' })
    expect([onError.mock.calls.length, channel.isSettled]).toEqual([1, true])
    channel.handleDisconnected()
    channel.handleConnected()
    subscribe(1)
    snapshot(1, [])
    caughtUp(1)
    expect([onError.mock.calls.length, onLive.mock.calls.length]).toEqual([1, 1])
  })

  describe('of documents', () => {
    const document = (documentId: string) => ({
      documentId,
      knowledgeBaseId: 'k1',
      name: 'a.md',
      mediaType: 'text/markdown',
      bytes: 10,
      status: 'queued' as const,
      stage: 'queued' as const,
      completed: 0,
      total: 0,
      percentage: 0,
      createdAt: 0,
    })
    const moves = (seq: number, documentId: string) => ({
      type: 'kb:document:processing' as const,
      eventId: `d${seq}`,
      timestamp: seq,
      knowledgeBaseId: 'k1',
      documentId,
      documentName: 'a.md',
      stage: 'embedding' as const,
      completed: 0,
      total: 1,
      percentage: 10,
      seq,
      topic,
    })
    const list = (seq: number, ids: string[], extra: { truncated?: true } = {}) =>
      channel.handleSnapshot({ type: 'snapshot', ...stamp, seq, items: ids.map(document), ...extra })
    const shown = (onItems: ReturnType<typeof vi.fn>) =>
      (onItems.mock.calls.at(-1) as [{ documentId: string }[]])[0].map(({ documentId }) => documentId).toSorted()
    const goLive = (name: string, handlers: object, extra: { truncated?: true } = {}) => {
      open(name).add(handlers, undefined)
      channel.handleConnected()
      subscribe(1)
      list(1, ['d1'], extra)
      caughtUp(1)
    }

    it.each(['kb', 'kb:k1'])(
      'S07 shows a new one to who holds the list of %s, and asks twice a second at most',
      async (name) => {
        const onItems = vi.fn()
        goLive(name, { onItems })
        for (const seq of [2, 3, 4]) channel.handleEvent(moves(seq, `d${seq}`))
        expect(requests).toBe(1)
        await vi.advanceTimersByTimeAsync(499)
        expect(requests).toBe(1)
        await vi.advanceTimersByTimeAsync(1)
        expect(requests).toBe(2)
        subscribe(5)
        expect(asked).not.toHaveProperty('since')
        list(5, ['d1', 'd2', 'd3', 'd4'])
        caughtUp(5)
        await settle()
        expect(shown(onItems)).toEqual(['d1', 'd2', 'd3', 'd4'])
        channel.handleEvent(moves(6, 'd2'))
        await vi.advanceTimersByTimeAsync(60_000)
        expect(requests).toBe(2)
      },
    )

    it('S07 asks when it is live again, where an unknown one was among what was missed', async () => {
      goLive('kb', { onItems: vi.fn() })
      channel.handleDisconnected()
      channel.handleConnected()
      subscribe(9)
      channel.handleEvent(moves(5, 'd5'))
      await vi.advanceTimersByTimeAsync(2000)
      expect(requests).toBe(2)
      caughtUp(9)
      await vi.advanceTimersByTimeAsync(500)
      expect(requests).toBe(3)
    })

    it('S07 leaves no timer behind when the connection goes', () => {
      goLive('kb', { onItems: vi.fn() }, { truncated: true })
      channel.handleEvent(moves(2, 'd2'))
      channel.handleDisconnected()
      expect(vi.getTimerCount()).toBe(0)
    })

    it('S07 asks for nobody who holds no list, and rarely for one that is never whole', async () => {
      goLive('kb', { onEvent: vi.fn() })
      channel.handleEvent(moves(2, 'd2'))
      await vi.advanceTimersByTimeAsync(60_000)
      expect(requests).toBe(1)
      channel.dispose()
      requests = 0
      goLive('kb', { onItems: vi.fn() }, { truncated: true })
      channel.handleEvent(moves(2, 'd2'))
      await vi.advanceTimersByTimeAsync(29_999)
      expect(requests).toBe(1)
      await vi.advanceTimersByTimeAsync(1)
      expect(requests).toBe(2)
    })
  })
})
