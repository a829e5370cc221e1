import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ExecutionView } from '../engine/execution-view.ts'
import { emptyExecutionView } from '../engine/reducer.ts'
import type { WorkflowEvent } from '../events/index.ts'
import type { ServerMessageOf } from '../protocol/messages.ts'
import { newCounters } from './connection-counters.ts'
import { FollowedExecution } from './followed-execution.ts'
import type { SubscriptionHooks } from './subscription-hooks.ts'

const node = (nodeId: string) => ({ nodeId, nodePath: nodeId, iteration: 1, attempt: 1 })

function startedAt(seq: number, nodeId: string): WorkflowEvent {
  const base = { eventId: `${nodeId}-start`, timestamp: seq, executionId: 'e1', seq }
  return { type: 'node:started', ...base, ...node(nodeId), nodeName: nodeId, nodeType: 'llm' }
}

function passageAt(
  seq: number,
  nodeId: string,
  { offset, chunk, count }: { offset: number; chunk: string; count?: number },
) {
  const base = { eventId: `${nodeId}-${seq}`, timestamp: seq, executionId: 'e1', seq }
  const event = { type: 'node:stream' as const, ...base, ...node(nodeId), offset, chunk }
  return (count === undefined ? event : { ...event, count }) as WorkflowEvent
}

describe('a followed execution that is told merged events', () => {
  let followed: FollowedExecution
  let counters: ReturnType<typeof newCounters>
  let asked: number
  let heard: number[]
  let view: ExecutionView
  beforeEach(() => {
    counters = newCounters()
    asked = 0
    heard = []
    const timers = { now: () => 0, monotonic: () => 0, setTimeout: () => 0, clearTimeout: () => undefined }
    const hooks: SubscriptionHooks = {
      timers,
      random: () => 0,
      contain: (call) => call(),
      counters,
      requestSubscribe: () => {
        asked += 1
      },
      onProgress: () => undefined,
    }
    followed = new FollowedExecution('e1', hooks)
    view = emptyExecutionView('e1')
    followed.add({
      onEvent: ({ seq }) => heard.push(seq),
      onView: (shown) => {
        view = shown
      },
    })
    followed.handleConnected()
    followed.subscribeMessage(1)
    followed.handleSubscribed({ type: 'subscribed', timestamp: 0, id: 1, executionId: 'e1', seq: 9, epoch: 'a' })
    for (const [index, name] of ['a', 'b'].entries()) followed.handleEvent(startedAt(index + 1, name))
    asked = 0
  })
  afterEach(() => followed.dispose())

  const batch = (from: number, to: number, events: WorkflowEvent[]): ServerMessageOf<'batch'> => ({
    type: 'batch',
    timestamp: 0,
    executionId: 'e1',
    from,
    to,
    events,
  })
  const whole = () =>
    batch(3, 7, [
      passageAt(6, 'a', { offset: 0, chunk: 'aaa', count: 3 }),
      passageAt(7, 'b', { offset: 0, chunk: 'bb', count: 2 }),
    ])

  it('takes a batch that goes on where it stands, each stretch by itself', () => {
    expect(followed.handleBatch(whole())).toBe(true)
    expect(followed.arrivedSeq).toBe(7)
    expect(heard).toEqual([1, 2, 6, 7])
    followed.handleCaughtUp({ type: 'caught_up', timestamp: 0, executionId: 'e1', seq: 7 })
    expect([view.seq, view.nodes.a?.attempts[0]?.text, view.nodes.b?.attempts[0]?.text]).toEqual([7, 'aaa', 'bb'])
    expect(followed.handleEvent(passageAt(8, 'a', { offset: 3, chunk: '!' }))).toBe(true)
  })

  it('drops a batch that is known already', () => {
    followed.handleBatch(whole())
    expect(followed.handleBatch(whole())).toBe(false)
    expect(counters).toMatchObject({ duplicatesDroppedCount: 1, gapsRepairedCount: 0 })
    expect(heard).toEqual([1, 2, 6, 7])
  })

  it.each([
    ['leaves a hole', () => batch(4, 7, whole().events)],
    ['reaches back', () => batch(2, 7, whole().events)],
    ['says more than it holds', () => ({ ...whole(), to: 8 })],
    ['holds less than it says', () => batch(3, 7, whole().events.slice(1))],
    ['is empty', () => batch(3, 3, [])],
  ])('asks again from where it stands when a batch %s', (_name, make) => {
    expect(followed.handleBatch(make())).toBe(false)
    expect(counters.gapsRepairedCount).toBe(1)
    expect([asked, heard]).toEqual([1, [1, 2]])
    expect(followed.subscribeMessage(2)).toMatchObject({ since: 2, epoch: 'a' })
  })

  it('takes a merged event that ends where it should, and no other', () => {
    expect(followed.handleEvent(passageAt(5, 'a', { offset: 0, chunk: 'abc', count: 3 }))).toBe(true)
    expect(followed.handleEvent(passageAt(9, 'a', { offset: 3, chunk: 'def', count: 3 }))).toBe(false)
    expect(counters.gapsRepairedCount).toBe(1)
  })
})
