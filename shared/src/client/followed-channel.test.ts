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
  const subscribe = (seq: number) => {
    id += 1
    asked = channel.subscribeMessage(id)
    channel.handleSubscribed({ type: 'subscribed', id, ...stamp, seq, topic })
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
})
