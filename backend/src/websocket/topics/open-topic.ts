import { isTerminalEvent } from '@millrace/shared/events'
import type { TopicSink } from '../../events/event-bridge.ts'
import type { StoredEvent, TopicHead } from '../../events/event-reader.ts'
import { TopicRing } from './topic-ring.ts'

/** Who reads a topic, as the topic sees it. */
export interface TopicReader {
  readonly isOpening: boolean
  /** There is something to read. */
  wake(): void
  /** The place it read at is no longer there. */
  resync(reason: string): void
}

/** A topic that is read in this process: its ring and who reads it. */
export class OpenTopic implements TopicSink {
  readonly ring: TopicRing
  readonly subscribers = new Set<TopicReader>()
  /** Since when nobody reads it; null while somebody does. */
  idleSince: number | null = null
  readonly #onBytes: (deltaBytes: number) => void
  readonly #ringBytesMax: number

  constructor(head: TopicHead, ringBytesMax: number, onBytes: (deltaBytes: number) => void) {
    this.ring = new TopicRing(head)
    this.#ringBytesMax = ringBytesMax
    this.#onBytes = onBytes
  }

  get isExecution(): boolean {
    return this.ring.topic.startsWith('execution:')
  }

  accept(events: readonly StoredEvent[]): void {
    const before = this.ring.bytes
    for (const event of events) this.ring.push(event, this.isExecution && isTerminalEvent(event))
    this.ring.evictTo(this.#ringBytesMax)
    this.#onBytes(this.ring.bytes - before)
    this.#wakeAll()
  }

  moveTo(head: TopicHead): void {
    const before = this.ring.bytes
    const isBroken = head.epoch !== this.ring.epoch || head.seq < this.ring.head
    this.ring.moveTo(head)
    this.#onBytes(this.ring.bytes - before)
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
    this.#onBytes(this.ring.bytes - before)
  }

  #wakeAll(): void {
    for (const reader of this.subscribers) reader.wake()
  }
}
