import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { headsBy } from '../../test/support/heads-by.ts'
import { EventBridge, type TopicSink } from './event-bridge.ts'
import { InProcessEventBus } from './event-bus.ts'
import type { EventReader, StoredEvent, TopicHead } from './event-reader.ts'

const topic = 'execution:e1'
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

function eventAt(seq: number, epoch = 'a'): StoredEvent {
  return { topic, epoch, seq, eventId: `id-${seq}`, type: 'node:log', payload: `{"seq":${seq}}` }
}

class Sink implements TopicSink {
  readonly seqs: number[] = []
  readonly moves: TopicHead[] = []
  epoch = ''
  accept(events: readonly StoredEvent[]) {
    this.seqs.push(...events.map(({ seq }) => seq))
  }
  moveTo(head: TopicHead) {
    this.moves.push(head)
  }
  adoptEpoch(epoch: string) {
    this.epoch = epoch
  }
}

describe('EventBridge', () => {
  let head: TopicHead | null
  let stored: StoredEvent[]
  let reads: number
  let release: (() => void) | null
  const bus = new InProcessEventBus()
  const reader: EventReader = {
    head: async () => head,
    heads: (topics) => headsBy(reader.head)(topics),
    read: async (_topic, afterSeq, limit) => {
      reads += 1
      if (release !== null) await new Promise<void>((resolve) => (release = resolve))
      return stored.filter(({ seq }) => seq > afterSeq).slice(0, limit)
    },
  }
  let bridge: EventBridge

  beforeEach(() => {
    vi.useFakeTimers()
    head = { topic, workspaceId: 'ws-1', epoch: 'a', seq: 2, closed: false }
    stored = [1, 2, 3, 4, 5, 6].map((seq) => eventAt(seq))
    reads = 0
    release = null
    bridge = new EventBridge({ bus, reader, logger: quiet, settings: { fillEventsMax: 10, fillPageEventsMax: 2 } })
  })

  afterEach(() => {
    bridge.close()
    vi.useRealTimers()
  })

  const attach = () => bridge.attach(topic, () => new Sink(), null)
  /** A gap is read in its turn, which takes some more of the loop's. */
  const settle = async () => {
    for (let round = 0; round < 5; round += 1) await vi.advanceTimersByTimeAsync(0)
  }

  it('hands on what continues the head and drops what is known', async () => {
    const sink = await attach()
    bus.publish([eventAt(2), eventAt(3)])
    bus.publish([eventAt(3)])
    bus.publish([eventAt(4), eventAt(5)])
    expect(sink?.seqs).toEqual([3, 4, 5])
    expect(reads).toBe(0)
  })

  it.each([[[4]], [[5]], [[4, 5]], [[5, 4]]])('fills the gap before %s from the log', async (seqs) => {
    const sink = await attach()
    bus.publish(seqs.map((seq) => eventAt(seq)))
    await settle()
    expect(sink?.seqs.slice(0, Math.max(...seqs) - 2)).toEqual([3, 4, 5].slice(0, Math.max(...seqs) - 2))
    expect(sink?.seqs).toEqual([...(sink?.seqs ?? [])].toSorted((a, b) => a - b))
  })

  it('loses nothing that is announced while the head or a gap is being read', async () => {
    const attaching = attach()
    bus.publish([eventAt(3)])
    const sink = await attaching
    await settle()
    expect(sink?.seqs).toEqual([3, 4])
    release = () => undefined
    bus.publish([eventAt(6)])
    bus.publish([{ ...eventAt(6) }])
    await settle()
    release?.()
    release = null
    await settle()
    expect(sink?.seqs).toEqual([3, 4, 5, 6])
  })

  it('compares quiet topics with the log, so that a lost nudge costs an interval', async () => {
    const sink = await attach()
    head = { topic, workspaceId: 'ws-1', epoch: 'a', seq: 6, closed: false }
    expect(sink?.seqs).toEqual([])
    await vi.advanceTimersByTimeAsync(2000)
    expect(sink?.seqs).toEqual([3, 4, 5, 6])
  })

  it('compares all quiet topics in one exchange, those too that nothing was ever written to', async () => {
    const heads = vi.spyOn(reader, 'heads')
    const absent = { topic, workspaceId: 'w', epoch: '', seq: 0, closed: false }
    head = null
    for (let index = 0; index < 700; index += 1) await bridge.attach(`user:${index}`, () => new Sink(), absent)
    head = { topic, workspaceId: 'ws-1', epoch: 'a', seq: 2, closed: false }
    const sink = await attach()
    heads.mockImplementation(async () => new Map([[topic, { ...absent, epoch: 'a', seq: 6 }]]))
    await vi.advanceTimersByTimeAsync(2000)
    const asked = heads.mock.calls.map(([topics]) => topics.length)
    heads.mockRestore()
    expect(sink?.seqs).toEqual([3, 4, 5, 6])
    expect(asked.slice(0, 2)).toEqual([500, 201])
  })

  it('looks into the log at once where news may have been missed, however young the process is', async () => {
    let tellGap: (isMeant: (topic: string) => boolean) => void = () => undefined
    const gappy = Object.assign(new InProcessEventBus(), {
      onGap(listener: typeof tellGap) {
        tellGap = listener
        return () => undefined
      },
    })
    bridge.close()
    bridge = new EventBridge({ bus: gappy, reader, logger: quiet, settings: { pollIntervalMs: 600_000 } })
    const sink = await attach()
    head = { topic, workspaceId: 'ws-1', epoch: 'a', seq: 6, closed: false }
    tellGap(() => true)
    await settle()
    expect(sink?.seqs).toEqual([3, 4, 5, 6])
  })

  it('has the past of a log renamed that ends before what was told, and moves', async () => {
    const renewed: unknown[] = []
    reader.renewEpoch = async (...past) => {
      renewed.push(past)
      head = { topic, workspaceId: 'ws-1', epoch: 'b', seq: 4, closed: false }
    }
    const sink = await attach()
    bus.publish([3, 4, 5, 6].map((seq) => eventAt(seq)))
    head = { topic, workspaceId: 'ws-1', epoch: 'a', seq: 4, closed: false }
    await vi.advanceTimersByTimeAsync(2000)
    expect(renewed).toEqual([[topic, 'a']])
    expect([sink?.seqs, sink?.moves]).toEqual([[3, 4, 5, 6], [head]])
    bus.publish([eventAt(5, 'b')])
    expect(sink?.seqs).toEqual([3, 4, 5, 6, 5])
    delete reader.renewEpoch
  })

  it('compares them every interval, however long the log takes to answer', async () => {
    const heads = vi.spyOn(reader, 'heads').mockImplementation(async () => {
      await new Promise((resolve) => {
        setTimeout(resolve, 20)
      })
      return head === null ? new Map() : new Map([[topic, head]])
    })
    const sink = await attach()
    await vi.advanceTimersByTimeAsync(1020)
    head = { topic, workspaceId: 'ws-1', epoch: 'a', seq: 6, closed: false }
    await vi.advanceTimersByTimeAsync(1000)
    heads.mockRestore()
    expect(sink?.seqs).toEqual([3, 4, 5, 6])
  })

  it('says of what fills a gap since when it was waited for', async () => {
    const sink = await attach()
    const accept = vi.spyOn(sink as Sink, 'accept')
    stored = [3, 4, 5].map((seq) => ({ ...eventAt(seq), storedAt: 1000 + seq }))
    bus.publish([{ ...eventAt(5), committedAt: 7 }])
    await settle()
    bus.publish([{ ...eventAt(6), committedAt: 9 }])
    const waits = accept.mock.calls.flatMap(([events]) => events.map(({ committedAt }) => committedAt))
    expect(waits).toEqual([1003, 1004, 1005, 9])
  })

  it('moves past a gap that is too long to read', async () => {
    const sink = await attach()
    head = { topic, workspaceId: 'ws-1', epoch: 'a', seq: 500, closed: false }
    bus.publish([eventAt(500)])
    await settle()
    expect(sink?.seqs).toEqual([])
    expect(sink?.moves).toEqual([head])
  })

  it('contains a sink that throws, moves it to the head of the log, and goes on from there', async () => {
    const errors: object[] = []
    bridge.close()
    bridge = new EventBridge({ bus, reader, logger: { ...quiet, error: (fields) => errors.push(fields) } })
    const sink = await attach()
    const other = await bridge.attach('execution:e2', () => new Sink(), null)
    const accept = vi.spyOn(sink as Sink, 'accept').mockImplementationOnce(() => {
      throw new Error('does not follow')
    })
    head = { topic, workspaceId: 'ws-1', epoch: 'a', seq: 3, closed: false }
    bus.publish([eventAt(3), { ...eventAt(3), topic: 'execution:e2' }])
    expect(other?.seqs).toEqual([3])
    expect(errors).toEqual([expect.objectContaining({ tag: 'topic-broken', topic })])
    await settle()
    expect([sink?.moves, sink?.seqs, accept.mock.calls.length]).toEqual([[head], [], 1])
    bus.publish([eventAt(4)])
    expect(sink?.seqs).toEqual([4])
  })

  it('moves a sink that threw when the log can be read again', async () => {
    const sink = await attach()
    vi.spyOn(sink as Sink, 'accept').mockImplementationOnce(() => {
      throw new Error('does not follow')
    })
    const readHead = vi.spyOn(reader, 'head').mockRejectedValue(new Error('away'))
    bus.publish([eventAt(3)])
    await settle()
    bus.publish([eventAt(4)])
    await settle()
    expect([sink?.moves, sink?.seqs]).toEqual([[], []])
    readHead.mockRestore()
    head = { topic, workspaceId: 'ws-1', epoch: 'a', seq: 4, closed: false }
    await vi.advanceTimersByTimeAsync(2000)
    expect(sink?.moves).toEqual([head])
  })

  it('moves when the epoch is another one', async () => {
    const sink = await attach()
    head = { topic, workspaceId: 'ws-1', epoch: 'b', seq: 1, closed: false }
    await vi.advanceTimersByTimeAsync(2000)
    expect(sink?.moves).toEqual([head])
    stored = [eventAt(1, 'b'), eventAt(2, 'b')]
    bus.publish([eventAt(2, 'b')])
    expect(sink?.seqs).toEqual([2])
  })

  it('takes no event of another epoch for the next one, and moves at once', async () => {
    const sink = await attach()
    head = { topic, workspaceId: 'ws-1', epoch: 'b', seq: 3, closed: false }
    stored = [1, 2, 3].map((seq) => eventAt(seq, 'b'))
    bus.publish([eventAt(3, 'b')])
    expect(sink?.seqs).toEqual([])
    await settle()
    expect([sink?.moves, sink?.seqs]).toEqual([[head], []])
    bus.publish([eventAt(4, 'b')])
    expect(sink?.seqs).toEqual([4])
  })

  it('loses nothing of the new epoch that is announced while it moves, and is not led astray by the old one', async () => {
    const sink = await attach()
    const renewed = { topic, workspaceId: 'ws-1', epoch: 'b', seq: 1, closed: false }
    stored = [1, 2].map((seq) => eventAt(seq, 'b'))
    const asked = vi.spyOn(reader, 'head').mockImplementation(async () => {
      // The second question is that of the move.
      if (asked.mock.calls.length === 2) bus.publish([eventAt(2, 'b')])
      return renewed
    })
    bus.publish([eventAt(1, 'b')])
    bus.publish([eventAt(900)])
    await settle()
    asked.mockRestore()
    expect([sink?.moves, sink?.seqs]).toEqual([[renewed], [2]])
    expect(reads).toBeLessThan(5)
  })

  it('does not go on in a log that began anew while a gap was being read', async () => {
    const sink = await attach()
    release = () => undefined
    bus.publish([eventAt(5)])
    await settle()
    head = { topic, workspaceId: 'ws-1', epoch: 'b', seq: 6, closed: false }
    stored = [1, 2, 3, 4, 5, 6].map((seq) => eventAt(seq, 'b'))
    release?.()
    release = null
    await settle()
    expect([sink?.moves, sink?.seqs]).toEqual([[head], []])
  })

  it('believes the log and not the bus about what exists', async () => {
    const sink = await attach()
    stored = stored.slice(0, 2)
    bus.publish([eventAt(9)])
    await settle()
    expect(sink?.seqs).toEqual([])
    bus.publish([eventAt(3)])
    expect(sink?.seqs).toEqual([3])
  })

  it('knows no topic that is not there, and forgets what is detached', async () => {
    head = null
    expect(await attach()).toBeNull()
    expect(bridge.feedCount).toBe(0)
    const begun = await bridge.attach(topic, () => new Sink(), {
      topic,
      workspaceId: 'w',
      epoch: '',
      seq: 0,
      closed: false,
    })
    head = { topic, workspaceId: 'w', epoch: 'a', seq: 1, closed: false }
    bus.publish([eventAt(1)])
    await settle()
    expect(begun).toMatchObject({ seqs: [1], epoch: 'a' })
    bridge.detach(topic)
    bus.publish([eventAt(2)])
    expect(begun?.seqs).toEqual([1])
  })
})
