import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ClientMessage } from '../protocol/messages.ts'
import { systemTimers } from '../timers.ts'
import { Acknowledger } from './acknowledger.ts'
import { SteadyClock } from './steady-clock.ts'

describe('Acknowledger', () => {
  let sent: ClientMessage[]
  let acknowledger: Acknowledger
  beforeEach(() => {
    vi.useFakeTimers()
    sent = []
    acknowledger = new Acknowledger({
      timers: systemTimers,
      clock: new SteadyClock(systemTimers),
      put: (_key, build) => {
        const message = build()
        if (message !== null) sent.push(message)
      },
    })
    acknowledger.begin(true)
  })
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })
  const e1 = { executionId: 'e1' }

  it('says once a second what has arrived, and nothing while nothing does', async () => {
    for (let seq = 1; seq <= 10; seq += 1) acknowledger.note(e1, seq, 100)
    await vi.advanceTimersByTimeAsync(999)
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(sent).toEqual([{ type: 'ack', executionId: 'e1', seq: 10 }])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toHaveLength(1)
  })

  it('speaks sooner after 64 events or 256 KiB, and never more than eight times a second', async () => {
    for (let seq = 1; seq <= 64; seq += 1) acknowledger.note(e1, seq, 100)
    await vi.advanceTimersByTimeAsync(0)
    expect(sent).toEqual([{ type: 'ack', executionId: 'e1', seq: 64 }])
    acknowledger.note({ channel: 'kb' }, 7, 256 * 1024)
    await vi.advanceTimersByTimeAsync(250)
    expect(sent.at(-1)).toEqual({ type: 'ack', channel: 'kb', seq: 7 })
    sent.length = 0
    for (let index = 0; index < 1000; index += 1) {
      for (const executionId of ['a', 'b', 'c', 'd']) acknowledger.note({ executionId }, index * 64, 300 * 1024)
      await vi.advanceTimersByTimeAsync(10)
    }
    expect(sent.length).toBeGreaterThan(70)
    expect(sent.length).toBeLessThanOrEqual(81)
    acknowledger.clear()
  })

  it('forgets with the subscription and with the connection, and is silent where it was not granted', async () => {
    acknowledger.note(e1, 1, 100)
    acknowledger.drop(e1)
    acknowledger.note(e1, 2, 100)
    acknowledger.begin(false)
    acknowledger.note(e1, 3, 100)
    await vi.advanceTimersByTimeAsync(5000)
    expect(sent).toEqual([])
  })
})
