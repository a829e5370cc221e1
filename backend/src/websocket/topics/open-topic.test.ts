import { describe, expect, it } from 'vitest'
import { EventBridge } from '../../events/event-bridge.ts'
import { InProcessEventBus } from '../../events/event-bus.ts'
import type { EventReader, StoredEvent, TopicHead } from '../../events/event-reader.ts'
import type { FaultReports, Violation } from '../fault-reports.ts'
import { ContinuityError } from './continuity.ts'
import { OpenTopic, type TopicReader } from './open-topic.ts'
import { OpenTopics } from './open-topics.ts'

const topic = 'execution:e1'
const headAt = (seq: number): TopicHead => ({ topic, workspaceId: 'ws-1', epoch: 'a', seq, closed: false })
const eventAt = (seq: number): StoredEvent => {
  return { topic, epoch: 'a', seq, eventId: `${seq}`, type: 'node:log', payload: `{"seq":${seq}}` }
}

class Faults implements FaultReports {
  readonly kinds: Violation[] = []
  report(violation: Violation) {
    this.kinds.push(violation)
  }
}

class Reader implements TopicReader {
  readonly isOpening = false
  readonly resyncs: string[] = []
  wakeCount = 0
  wake() {
    this.wakeCount += 1
  }
  resync(reason: string) {
    this.resyncs.push(reason)
  }
}

describe('OpenTopic', () => {
  it.each([
    [[4, 6], 'gap'],
    [[4, 4], 'duplicate'],
    [[4, 2], 'order'],
    [[9], 'gap'],
    [[3], 'duplicate'],
    [[1], 'order'],
  ])('takes of %s what follows 3, and reports a %s', (seqs, kind) => {
    const faults = new Faults()
    let bytes = 0
    const opened = new OpenTopic(headAt(3), { ringBytesMax: 10_000, faults, onBytes: (delta) => (bytes += delta) })
    const reader = new Reader()
    opened.subscribers.add(reader)
    expect(() => opened.accept(seqs.map((seq) => eventAt(seq)))).toThrow(ContinuityError)
    expect(faults.kinds).toEqual([kind])
    expect([opened.ring.head, reader.wakeCount]).toEqual([seqs[0] === 4 ? 4 : 3, 1])
    expect(bytes).toBe(opened.ring.bytes)
  })
})

describe('OpenTopics', () => {
  it('brings a topic that lost its place to the head of the log, where it goes on', async () => {
    let stored = [1, 2, 3].map((seq) => eventAt(seq))
    const reader: EventReader = {
      head: async () => headAt(stored.length),
      heads: async () => new Map([[topic, headAt(stored.length)]]),
      read: async (_topic, afterSeq, limit) => stored.slice(afterSeq, afterSeq + limit),
    }
    const bus = new InProcessEventBus()
    const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
    const bridge = new EventBridge({ bus, reader, logger: quiet })
    const faults = new Faults()
    const settings = { ringBytesMax: 10_000, ringsBytesMax: 10_000, ringLingerMs: 1000 }
    const topics = new OpenTopics({ bridge, settings, faults })
    try {
      const opened = await topics.open(topic, null)
      if (opened === null) throw new Error('there is a topic')
      const subscriber = new Reader()
      topics.join(opened, subscriber)
      const publish = (seq: number) => {
        stored = [...stored, eventAt(seq)]
        bus.publish([eventAt(seq)])
      }
      // As a defect would: the ring is ahead of what the bridge has handed on.
      opened.ring.push(eventAt(4), false)
      publish(4)
      publish(5)
      await bridge.refresh(topic)
      expect(faults.kinds).toEqual(['duplicate'])
      expect([opened.ring.head, opened.ring.start]).toEqual([5, 6])
      publish(6)
      expect(opened.ring.slice(5, 1000).frames.map(({ seq }) => seq)).toEqual([6])
      // Readers go on in the log from where they are: nothing that they were told was wrong.
      expect(subscriber.resyncs).toEqual([])
      // Unless they were told more than there is.
      opened.ring.push(eventAt(7), false)
      opened.ring.push(eventAt(8), false)
      publish(7)
      await bridge.refresh(topic)
      expect([opened.ring.head, subscriber.resyncs]).toEqual([7, ['epoch']])
    } finally {
      topics.close()
      bridge.close()
    }
  })
})
