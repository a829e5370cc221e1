import { isTerminalEvent } from '@millrace/shared/events'
import type { TopicSink } from '../../events/event-bridge.ts'
import type { StoredEvent, TopicHead } from '../../events/event-reader.ts'
import type { FaultReports } from '../fault-reports.ts'
import { ContinuityError } from './continuity.ts'
import { TopicRing } from './topic-ring.ts'

/** Who reads a topic, as the topic sees it. */
export interface TopicReader {
  readonly isOpening: boolean
  /** There is something to read. */
  wake(): void
  /** The place it read at is no longer there. */
  resync(reason: string): void
}

export interface OpenTopicDeps {
  ringBytesMax: number
  /** Told how the memory of the ring has changed. */
  onBytes: (deltaBytes: number) => void
  faults: FaultReports
}

/** A topic that is read in this process: its ring and who reads it. */
export class OpenTopic implements TopicSink {
  readonly ring: TopicRing
  readonly subscribers = new Set<TopicReader>()
  /** Since when nobody reads it; null while somebody does. */
  idleSince: number | null = null
  readonly #deps: OpenTopicDeps

  constructor(head: TopicHead, deps: OpenTopicDeps) {
    this.ring = new TopicRing(head)
    this.#deps = deps
  }

  get isExecution(): boolean {
    return this.ring.topic.startsWith('execution:')
  }

  /** Throws ContinuityError, which has been reported, at the first that does not follow; those before it are taken. */
  accept(events: readonly StoredEvent[]): void {
    const before = this.ring.bytes
    try {
      for (const event of events) this.ring.push(event, this.isExecution && isTerminalEvent(event))
    } catch (error) {
      if (error instanceof ContinuityError) {
        this.#deps.faults.report(error.kind, { topic: this.ring.topic }, error.message)
      }
      throw error
    } finally {
      this.ring.evictTo(this.#deps.ringBytesMax)
      this.#deps.onBytes(this.ring.bytes - before)
      this.#wakeAll()
    }
  }

  moveTo(head: TopicHead): void {
    const before = this.ring.bytes
    const isBroken = head.epoch !== this.ring.epoch || head.seq < this.ring.head
    this.ring.moveTo(head)
    this.#deps.onBytes(this.ring.bytes - before)
    if (isBroken) {
      // One that is still opening looks at the epoch itself, before it says where it stands.
      for (const reader of this.subscribers) if (!reader.isOpening) reader.resync('epoch')
    }
    this.#wakeAll()
  }

  adoptEpoch(epoch: string): void {
    this.ring.adoptEpoch(epoch)
  }

  /** Gives memory back under pressure; readers below the rest go on in the log. */
  shrink(): void {
    const before = this.ring.bytes
    this.ring.evictTo(before / 2)
    this.#deps.onBytes(this.ring.bytes - before)
  }

  #wakeAll(): void {
    for (const reader of this.subscribers) reader.wake()
  }
}
