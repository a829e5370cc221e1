import { beforeEach, describe, expect, it } from 'vitest'
import { DeliveryCounters } from '../delivery-counters.ts'
import { MergedSlices } from '../topics/merged-slices.ts'
import { defaultWebSocketSettings as settings } from '../websocket-settings.ts'
import { Connection } from './connection.ts'
import { checkDeadlines } from './connection-deadlines.ts'

const now = 1_000_000

describe('checkDeadlines', () => {
  let connection: Connection
  let closed: unknown[]
  let releasedCount: number
  let unackedBytes: number
  let progressMark: number
  beforeEach(() => {
    closed = []
    releasedCount = 0
    unackedBytes = 0
    progressMark = 0
    const transport = {
      send: () => undefined,
      close: (code: number, reason: string) => closed.push(code, reason),
      terminate: () => undefined,
      bufferedBytes: 70_000,
      get progressMark() {
        return progressMark
      },
      onDrain: () => undefined,
    }
    const identity = { kind: 'user' as const, userId: 'ada', name: 'Ada', workspaces: [], expiresAt: null }
    const hooks = {
      wake: () => undefined,
      fetch: () => undefined,
      release: () => undefined,
      isHeld: () => false,
      reportViolation: () => undefined,
      counters: new DeliveryCounters(),
      mergedSlices: new MergedSlices(),
    }
    const origin = { address: '127.0.0.1', userAgent: null }
    connection = new Connection(transport, identity, origin, { settings, hooks, now })
    const subscription = {
      isGone: false,
      releasePage: () => {
        releasedCount += 1
      },
      get marks() {
        return { unackedBytes }
      },
    }
    connection.subscriptions.set('execution:e1', subscription as never)
  })

  it('lets go of what was read for a reader that is paused, not for one that is merely slow', () => {
    connection.blockedSince = now
    checkDeadlines(connection, settings, now + 999)
    expect(releasedCount).toBe(0)
    checkDeadlines(connection, settings, now + 1000)
    expect([releasedCount, closed]).toEqual([1, []])
    checkDeadlines(connection, settings, now + settings.hopelessAfterMs)
    expect(closed).toEqual([1013, 'SLOW_CONSUMER'])
  })

  it('waits for who takes a little now and then, and no longer for who stops taking', () => {
    connection.blockedSince = now
    connection.progressMark = 100_000
    const { hopelessAfterMs } = settings
    for (let look = 1; look <= 2; look += 1) {
      progressMark = 100_000 - look
      checkDeadlines(connection, settings, now + look * (hopelessAfterMs - 1))
    }
    expect(closed).toEqual([])
    checkDeadlines(connection, settings, now + 3 * hopelessAfterMs - 2)
    expect(closed).toEqual([1013, 'SLOW_CONSUMER'])
  })

  it('closes who leaves a megabyte unacknowledged for half a minute, and forgives who comes back to it', () => {
    unackedBytes = 1024 * 1024 + 1
    checkDeadlines(connection, settings, now)
    checkDeadlines(connection, settings, now + 29_999)
    unackedBytes = 1024 * 1024
    checkDeadlines(connection, settings, now + 30_000)
    unackedBytes += 1
    checkDeadlines(connection, settings, now + 31_000)
    checkDeadlines(connection, settings, now + 55_000)
    expect(closed).toEqual([])
    connection.seenAt = now + 55_000
    checkDeadlines(connection, settings, now + 61_000)
    expect(closed).toEqual([1013, 'SLOW_CONSUMER'])
  })
})
