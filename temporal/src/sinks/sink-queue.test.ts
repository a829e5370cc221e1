import { AppError } from '@millrace/shared/errors/app-error'
import type { EventDraft } from '@millrace/shared/events'
import { describe, expect, it } from 'vitest'
import type { AppendOutcome, EventPort } from '../ports.ts'
import { SinkQueue } from './sink-queue.ts'

const owner = { workspaceId: 'w1', userId: 'u1' }
const ignore = () => undefined
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

function draft(id: string): EventDraft {
  return { type: 'execution:resumed', eventId: id, timestamp: 1, executionId: 'e1' }
}

/** Stores by the given rule, and remembers each call's ids. */
function port(store: (ids: string[], call: number) => Promise<void>): EventPort & { calls: string[][] } {
  const calls: string[][] = []
  return {
    calls,
    async append(_owner, drafts) {
      const ids = drafts.map(({ eventId }) => eventId)
      calls.push(ids)
      await store(ids, calls.length)
      return drafts.map((): AppendOutcome => ({ status: 'appended', seq: 1 }))
    },
    finalize: async () => undefined,
  }
}

const later = () => Date.now() + 60_000

describe('the queue behind the sink', () => {
  it('keeps order, and sends what gathered during an append as one', async () => {
    let release: () => void = ignore
    const events = port(async (_ids, call) => {
      if (call === 1) await new Promise<void>((resolve) => (release = resolve))
    })
    const queue = new SinkQueue(events, logger, 'w')
    const done = ['a', 'b', 'c'].map((id) => queue.append({ owner, drafts: [draft(id)], giveUpAt: later() }))
    release()
    await Promise.all(done)
    expect(events.calls).toEqual([['a'], ['b', 'c']])
    expect(queue.isEmpty).toBe(true)
  })

  it('tries again until the log is back', async () => {
    const events = port(async (_ids, call) => {
      if (call < 3) throw new AppError('DATABASE_UNAVAILABLE')
    })
    await new SinkQueue(events, logger, 'w').append({ owner, drafts: [draft('a')], giveUpAt: later() })
    expect(events.calls).toEqual([['a'], ['a'], ['a']])
  })

  it('settles without an error once the server has given the task away', async () => {
    const events = port(async () => {
      throw new AppError('DATABASE_UNAVAILABLE')
    })
    const queue = new SinkQueue(events, logger, 'w')
    await queue.append({ owner, drafts: [draft('a')], giveUpAt: Date.now() })
    expect(queue.isEmpty).toBe(true)
  })

  it('drops the one event that fits no schema, and stores its neighbours', async () => {
    const stored: string[] = []
    const events = port(async (ids) => {
      if (ids.includes('bad')) throw Object.assign(new Error('does not fit'), { name: 'ZodError' })
      stored.push(...ids)
    })
    const drafts = [draft('a'), draft('bad'), draft('b')]
    await new SinkQueue(events, logger, 'w').append({ owner, drafts, giveUpAt: later() })
    expect(stored).toEqual(['a', 'b'])
  })
})
