import type { Outgoing } from '../frames/outgoing.ts'
import type { OpenTopic, TopicReader } from '../topics/open-topic.ts'
import type { Snapshot } from '../topics/snapshot-cache.ts'
import type { EventFrame, RingSlice } from '../topics/topic-ring.ts'
import type { WireMessage } from '../wires/wire.ts'
import { FrameCollector, type FrameReaderOwner } from './frame-collector.ts'
import { SentMarks } from './sent-marks.ts'
import type { SubscriptionTarget } from './subscription-target.ts'
import type { SubscriptionAddress } from './topic-request.ts'

/**
 * | state     | holds                                  | ends by                                            |
 * | --------- | -------------------------------------- | -------------------------------------------------- |
 * | opening   | a slot on the connection               | the topic is open; or refused; or unsubscribed     |
 * | snapshot  | its place among the topic's readers    | the folded state is written; the cursor is there   |
 * | streaming | a cursor                               | unsubscribed, replaced, over, or connection closed |
 * | gone      | nothing                                |                                                    |
 */
export type SubscriptionState = 'opening' | 'snapshot' | 'streaming' | 'gone'

/** What is missing before a subscription can go on. */
export type Missing = 'page' | 'snapshot'

/** What a subscription asks of the connection that holds it. */
export interface SubscriptionOwner extends FrameReaderOwner {
  /** It says what has arrived. */
  readonly acknowledges: boolean
  /** `by`: the subscription that has something to say. */
  wake(by?: Subscription): void
  countResync(): void
  dropSubscription(subscription: Subscription): void
}

/** A connection's reading of one topic: a cursor, never a queue. */
export class Subscription implements TopicReader {
  readonly key: string
  /** Narrow until it is authorised. */
  target: SubscriptionTarget
  readonly #owner: SubscriptionOwner
  state: SubscriptionState = 'opening'
  topic: OpenTopic | null = null
  /** Last seq written, or passed over by the filter. */
  cursor = 0
  isCaughtUp = false
  /** Share of a write that it may still use; see `FairShare`. */
  deficitBytes = 0
  /** When it was last given what it lacked, as a number that rises with each fetch of its connection. */
  fetchedTurn = 0
  /** Null: it is not acknowledged. */
  readonly marks: SentMarks | null
  readonly #collector: FrameCollector
  #snapshot: Snapshot | null = null
  #resyncReason: string | null = null

  constructor(key: string, target: SubscriptionTarget, owner: SubscriptionOwner) {
    this.key = key
    this.target = target
    this.#owner = owner
    this.#collector = new FrameCollector(this, owner)
    // The own topic has no name that an acknowledgement could say.
    this.marks = owner.acknowledges && target.kind !== 'own' ? new SentMarks() : null
  }

  get isOpening(): boolean {
    return this.state === 'opening'
  }

  get isGone(): boolean {
    return this.state === 'gone'
  }

  /** Whether a next turn has something to write without anything being fetched. */
  get isBehind(): boolean {
    return this.state === 'streaming' && this.topic !== null && (this.cursor < this.topic.ring.head || this.#isDue)
  }

  /** At the head there is a word to say: that it is there, or that it is the end. A write may be full just before it. */
  get #isDue(): boolean {
    const { kind } = this.target
    if (kind === 'own') return false
    return !this.isCaughtUp || (kind === 'execution' && this.topic?.ring.isClosed === true)
  }

  /** It has something to write, or lacks something for that. */
  get needsTurn(): boolean {
    return this.state === 'snapshot' || this.isBehind
  }

  /** Events between it and the head of its topic. */
  get lagEvents(): number {
    return this.topic === null ? 0 : Math.max(0, this.topic.ring.head - this.cursor)
  }

  /** As the client names it, for messages about it. */
  get address(): SubscriptionAddress {
    const { target } = this
    if (target.kind === 'own') return {}
    if (target.kind === 'channel') return target.address
    const { executionId, channel } = target
    return channel === undefined ? { executionId } : { executionId, channel }
  }

  wake(): void {
    this.#owner.wake(this)
  }

  /** Starts reading at a place in the topic. */
  begin(topic: OpenTopic, cursor: number): void {
    this.topic = topic
    this.cursor = cursor
    this.state = 'streaming'
  }

  /** Starts with the folded state or the list; what has neither goes on at the head. */
  beginAnew(topic: OpenTopic): void {
    this.topic = topic
    this.cursor = topic.ring.head
    this.isCaughtUp = false
    this.marks?.clear()
    this.#collector.reset()
    this.#snapshot = null
    const { target } = this
    const hasSnapshot = target.kind === 'execution' || (target.kind === 'channel' && target.readSnapshot !== null)
    this.state = hasSnapshot ? 'snapshot' : 'streaming'
  }

  /** Continuity is lost: the client is told, then begins anew. */
  resync(reason: string): void {
    if (this.topic === null || this.isGone) return
    this.#resyncReason = reason
    this.#owner.countResync()
    this.beginAnew(this.topic)
  }

  givePage(frames: readonly EventFrame[]): void {
    this.#collector.givePage(frames)
  }

  releasePage(): void {
    this.#collector.givePage([])
  }

  giveSnapshot(snapshot: Snapshot): void {
    if (this.state === 'snapshot') this.#snapshot = snapshot
  }

  /** All that it lacks, where that is the end of the ring as it is stored and nothing else is to be said; else null. */
  tail(roomBytes: number): RingSlice | null {
    const { topic, target } = this
    if (topic === null || this.state !== 'streaming' || !this.isCaughtUp || this.#resyncReason !== null) return null
    if (target.kind !== 'execution' || !this.#owner.wire.sendsStoredFrames) return null
    const { ring } = topic
    if (ring.isClosed || this.cursor + 1 < ring.start || this.cursor >= ring.head) return null
    const slice = ring.slice(this.cursor, roomBytes)
    return slice.toSeq === ring.head ? slice : null
  }

  /**
   * Adds what is due to a write, as far as there is room. Answers what must be fetched before it can go on,
   * or null when there is nothing more to add now.
   */
  collect(out: Outgoing, now: number): Missing | null {
    const { topic } = this
    if (topic === null || out.isFull) return null
    if (this.#resyncReason !== null) {
      if (!this.#owner.wire.tellsResync) {
        this.#owner.dropSubscription(this)
        return null
      }
      if (this.target.kind !== 'own')
        this.#say(out, now, { type: 'resync', ...this.address, reason: this.#resyncReason })
      this.#resyncReason = null
    }
    if (this.state === 'snapshot') {
      if (this.#snapshot === null) return 'snapshot'
      this.#writeSnapshot(out, topic)
    }
    while (this.state === 'streaming' && !out.isFull) {
      const { ring } = topic
      if (this.cursor >= ring.head) {
        this.#arrive(out, now, topic)
        return null
      }
      const step = this.#collector.collect(out, ring)
      if (step === 'page') return 'page'
      if (step === 'full') return null
    }
    return null
  }

  #writeSnapshot(out: Outgoing, topic: OpenTopic): void {
    const snapshot = this.#snapshot
    this.#snapshot = null
    if (snapshot === null) return
    if (snapshot.epoch !== topic.ring.epoch) {
      this.resync('epoch')
      return
    }
    this.cursor = snapshot.seq
    this.state = 'streaming'
    out.addFrame(this.#owner.wire.snapshot(snapshot))
  }

  #arrive(out: Outgoing, now: number, { ring }: OpenTopic): void {
    this.#collector.reset()
    if (this.target.kind === 'own') return
    if (!this.isCaughtUp) {
      this.isCaughtUp = true
      this.#say(out, now, { type: 'caught_up', ...this.address, seq: this.cursor })
    }
    if (ring.isClosed && this.target.kind === 'execution') {
      this.#say(out, now, { type: 'ended', ...this.address, seq: this.cursor })
      this.#owner.dropSubscription(this)
    }
  }

  #say(out: Outgoing, now: number, { type, ...rest }: WireMessage): void {
    const epoch = this.topic?.ring.epoch
    const place = epoch === undefined ? null : { epoch, seq: this.cursor }
    const frame = this.#owner.wire.message({ type, timestamp: now, ...rest }, place)
    if (frame !== null) out.addFrame(frame)
  }
}
