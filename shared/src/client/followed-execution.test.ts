import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { emptyExecutionView } from '../engine/reducer.ts'
import type { ErrorCode } from '../errors/catalogue.ts'
import type { WorkflowEvent } from '../events/index.ts'
import { systemTimers } from '../timers.ts'
import { newCounters } from './connection-counters.ts'
import { FollowedExecution } from './followed-execution.ts'

const stamp = { timestamp: 0, executionId: 'e1' }
const viewer = { connectionId: 'c', userId: 'ada', name: 'Ada', since: 1 }

function lineAt(seq: number): WorkflowEvent {
  const node = { nodeId: 'n', nodePath: 'n', iteration: 1, level: 'info', message: `line ${seq}` } as const
  return { type: 'node:log', eventId: `id-${seq}`, ...stamp, seq, ...node }
}

describe('a followed execution', () => {
  let followed: FollowedExecution
  let requests: number
  let lastId: number
  let heard: string[]

  beforeEach(() => {
    vi.useFakeTimers()
    requests = 0
    lastId = 0
    heard = []
    followed = new FollowedExecution('e1', {
      timers: systemTimers,
      random: () => 0.5,
      contain: (call) => call(),
      counters: newCounters(),
      requestSubscribe: () => {
        requests += 1
      },
      onProgress: () => undefined,
    })
  })
  afterEach(() => {
    followed.dispose()
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  const settle = () => vi.advanceTimersByTimeAsync(0)
  /** What the client asks, and the server's yes to it. */
  const subscribe = (epoch = 'a') => {
    lastId += 1
    const asked = followed.subscribeMessage(lastId)
    followed.handleSubscribed({ type: 'subscribed', ...stamp, id: lastId, seq: 0, epoch })
    return asked
  }
  const caughtUp = (seq: number) => followed.handleCaughtUp({ type: 'caught_up', ...stamp, seq })
  const ended = (seq: number) => followed.handleEnded({ type: 'ended', ...stamp, seq })
  const refuse = (code: ErrorCode) => followed.handleError({ type: 'error', ...stamp, code, message: '' })
  const goLive = () => {
    followed.handleConnected()
    subscribe()
    followed.handleEvent(lineAt(1))
    caughtUp(1)
  }
  const hear = (name = '') => ({
    onView: ({ seq }: { seq: number }) => heard.push(`${name}view ${seq}`),
    onCaughtUp: (seq: number) => heard.push(`${name}caught up ${seq}`),
    onBehind: () => heard.push(`${name}behind`),
    onEnded: () => heard.push(`${name}ended`),
    onEvent: ({ seq }: { seq: number }) => heard.push(`${name}event ${seq}`),
    onError: ({ code }: { code: string }) => heard.push(`${name}${code}`),
  })

  it('F03 continues nothing of another past when it is cut off before it is told to let go', () => {
    followed.add(hear())
    goLive()
    followed.handleDisconnected()
    followed.handleConnected()
    expect(subscribe('b')).toMatchObject({ since: 1, epoch: 'a' })
    followed.handleDisconnected()
    followed.handleConnected()
    const asked = subscribe('b')
    expect(asked).not.toHaveProperty('since')
    expect(asked).not.toHaveProperty('epoch')
    // What was shown stays until then.
    const state = { ...emptyExecutionView('e1'), seq: 1 }
    expect(heard.filter((one) => one.startsWith('view'))).toEqual(['view 1'])
    followed.handleSnapshot({ type: 'snapshot', ...stamp, seq: 1, epoch: 'b', state })
    followed.handleEvent(lineAt(2))
    expect(heard.at(-1)).toBe('event 2')
  })

  it('tells who comes late everything once, also what happens before it is welcomed', async () => {
    goLive()
    followed.add(hear())
    followed.handleEvent(lineAt(2))
    ended(2)
    expect(heard).toEqual(['view 1', 'caught up 1', 'event 2', 'view 2', 'ended'])
    followed.add(hear('late '))
    expect(heard).toHaveLength(5)
    await settle()
    expect(heard.slice(5)).toEqual(['late view 2', 'late caught up 2', 'late ended'])
  })

  it('tells an end or a refusal that comes before the welcome once', async () => {
    goLive()
    followed.add(hear())
    ended(1)
    await settle()
    expect(heard).toEqual(['view 1', 'caught up 1', 'ended'])
  })

  it('tells a refusal that comes before the welcome once', async () => {
    goLive()
    followed.add(hear())
    refuse('EXECUTION_NOT_FOUND')
    await settle()
    expect(heard).toEqual(['EXECUTION_NOT_FOUND', 'view 1'])
  })

  it('welcomes whom a handler adds after the event that it was added for', async () => {
    goLive()
    const added = new Set<number>()
    followed.add({
      onEvent: ({ seq }) => {
        if (!added.has(seq)) followed.add(hear(`${seq}: `))
        added.add(seq)
      },
    })
    followed.handleEvent(lineAt(2))
    await settle()
    followed.handleEvent(lineAt(3))
    expect(heard.slice(0, 2)).toEqual(['2: view 2', '2: caught up 2'])
    expect(heard.filter((one) => one.includes('event'))).toEqual(['2: event 3'])
  })

  it('says when it is no longer as of now: cut off, told to let go, or with a gap', () => {
    followed.add(hear())
    goLive()
    const told = () => heard.filter((one) => one === 'behind' || one.startsWith('caught'))
    followed.handleDisconnected()
    followed.handleDisconnected()
    expect(told()).toEqual(['caught up 1', 'behind'])
    followed.handleConnected()
    subscribe()
    caughtUp(1)
    followed.handleEvent(lineAt(5))
    expect(told().slice(2)).toEqual(['caught up 1', 'behind'])
    subscribe()
    caughtUp(1)
    followed.handleResync()
    expect(told().slice(4)).toEqual(['caught up 1', 'behind'])
  })

  it('S13 knows of nobody once the run is over or the connection is gone', async () => {
    const seen: number[] = []
    const onPresence = ({ count }: { count: number }) => seen.push(count)
    const watched = () => followed.handlePresence({ viewers: [viewer], count: 1 })
    followed.add({ onPresence })
    goLive()
    watched()
    followed.handleDisconnected()
    followed.handleDisconnected()
    expect(seen).toEqual([1, 0])
    followed.handleConnected()
    subscribe()
    caughtUp(1)
    watched()
    ended(1)
    // On its way before the end was known.
    watched()
    expect(seen).toEqual([1, 0, 1, 0])
    const late: number[] = []
    followed.add({ onPresence: ({ count }) => late.push(count) })
    await settle()
    expect(late).toEqual([])
  })

  it.each(['INTERNAL', 'TOO_MANY_SUBSCRIPTIONS'] as const)('asks again after %s on the next connection', (code) => {
    followed.add(hear())
    followed.handleConnected()
    followed.subscribeMessage(1)
    refuse(code)
    expect([heard, followed.isOver]).toEqual([[code], true])
    followed.handleDisconnected()
    followed.handleConnected()
    expect(requests).toBe(2)
    subscribe()
    caughtUp(0)
    expect(heard).toEqual([code, 'view 0', 'caught up 0'])
  })

  it('does not ask again for what is not there', () => {
    followed.handleConnected()
    followed.subscribeMessage(1)
    refuse('EXECUTION_NOT_FOUND')
    followed.handleDisconnected()
    followed.handleConnected()
    expect(requests).toBe(1)
    // Nor does a word about an older subscription wake it.
    followed.handleResync()
    expect(followed.isSettled).toBe(true)
  })

  it('fetches what is missing when the end is somewhere else than it stands', () => {
    followed.add(hear())
    goLive()
    ended(2)
    expect([requests, heard.includes('ended')]).toEqual([2, false])
    subscribe()
    followed.handleEvent(lineAt(2))
    caughtUp(2)
    ended(2)
    expect(heard.at(-1)).toBe('ended')
  })
})
