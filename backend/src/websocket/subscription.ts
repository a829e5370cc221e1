import type { WorkflowEvent } from '@millrace/shared/events'
import type { OpenTopic, TopicReader } from './open-topic.ts'
import type { Outgoing } from './outgoing.ts'
import type { Snapshot } from './snapshot-cache.ts'
import type { EventFrame, TopicRing } from './topic-ring.ts'
import type { Wire, WireMessage } from './wire.ts'

/** What a client named. `own`: its user's topic, followed by every connection without asking and without a word about it. */
export type SubscriptionTarget =
  | { kind: 'execution'; executionId: string }
  | { kind: 'channel'; channel: string; accepts: (event: WorkflowEvent) => boolean }
  | { kind: 'own' }

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
export interface SubscriptionOwner {
  readonly wire: Wire
  wake(): void
  countEvents(count: number): void
  countResync(): void
  dropSubscription(subscription: Subscription): void
}

/** Frames looked at per turn of a channel, whose filter may refuse them all: bounds the time of a turn. */
const filteredFramesMax = 500

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
  /** Events below the ring, read from the log; those the cursor has passed are skipped. */
  #page: readonly EventFrame[] = []
  #snapshot: Snapshot | null = null
  #resyncReason: string | null = null

  constructor(key: string, target: SubscriptionTarget, owner: SubscriptionOwner) {
    this.key = key
    this.target = target
    this.#owner = owner
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

  get #isDue(): boolean {
    return this.target.kind !== 'own' && !this.isCaughtUp
  }

  /** Events between it and the head of its topic. */
  get lagEvents(): number {
    return this.topic === null ? 0 : Math.max(0, this.topic.ring.head - this.cursor)
  }

  /** As the client names it, for messages about it. */
  get address(): { executionId: string } | { channel: string } | Record<string, never> {
    if (this.target.kind === 'execution') return { executionId: this.target.executionId }
    return this.target.kind === 'channel' ? { channel: this.target.channel } : {}
  }

  wake(): void {
    this.#owner.wake()
  }

  /** Starts reading at a place in the topic. */
  begin(topic: OpenTopic, cursor: number): void {
    this.topic = topic
    this.cursor = cursor
    this.state = 'streaming'
  }

  /** Starts with the folded state; a channel has none and goes on at the head. */
  beginAnew(topic: OpenTopic): void {
    this.topic = topic
    this.cursor = topic.ring.head
    this.isCaughtUp = false
    this.#page = []
    this.#snapshot = null
    this.state = this.target.kind === 'execution' ? 'snapshot' : 'streaming'
  }

  /** Continuity is lost: the client is told, then begins anew. */
  resync(reason: string): void {
    if (this.topic === null || this.isGone) return
    this.#resyncReason = reason
    this.#owner.countResync()
    this.beginAnew(this.topic)
  }

  givePage(frames: readonly EventFrame[]): void {
    this.#page = frames
  }

  giveSnapshot(snapshot: Snapshot): void {
    if (this.state === 'snapshot') this.#snapshot = snapshot
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
      if (this.cursor + 1 >= ring.start) {
        if (!this.#collectFromRing(out, topic)) return null
      } else if (!this.#collectFromPage(out, topic)) {
        return 'page'
      }
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

  /** False: no more in this turn. */
  #collectFromRing(out: Outgoing, { ring }: OpenTopic): boolean {
    const slice = ring.slice(this.cursor, out.roomBytes)
    if (this.isCaughtUp) out.noteCommit(slice.frames[0]?.committedAt ?? null)
    if (this.#owner.wire.sendsStoredFrames && this.target.kind !== 'channel' && slice.joined !== null) {
      out.addBuffer(slice.joined)
      this.cursor = slice.toSeq
      this.#owner.countEvents(slice.frames.length)
      return true
    }
    return this.#collectFrames(out, slice.frames, ring)
  }

  /** False: the page is used up. */
  #collectFromPage(out: Outgoing, { ring }: OpenTopic): boolean {
    const next = this.#page.filter((frame) => frame.seq > this.cursor)
    this.#page = next
    if (next[0]?.seq !== this.cursor + 1) return false
    this.#collectFrames(out, next, ring)
    return true
  }

  #collectFrames(out: Outgoing, frames: readonly EventFrame[], ring: TopicRing): boolean {
    let looked = 0
    for (const frame of frames) {
      if (out.isFull || looked >= filteredFramesMax) return false
      looked += 1
      if (this.target.kind !== 'channel' || this.target.accepts(frame.event)) {
        out.addFrame(this.#owner.wire.event(frame, ring))
        this.#owner.countEvents(1)
      }
      this.cursor = frame.seq
    }
    return true
  }

  #arrive(out: Outgoing, now: number, { ring }: OpenTopic): void {
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
