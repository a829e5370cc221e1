import type { DeliveryCounters } from '../delivery-counters.ts'
import type { Outgoing } from '../frames/outgoing.ts'
import { type MergedPart, type MergedSlice, type MergeRequest, mergeFrames } from '../topics/merged-slice.ts'
import type { MergedSlices } from '../topics/merged-slices.ts'
import type { EventFrame, TopicRing } from '../topics/topic-ring.ts'
import type { Wire } from '../wires/wire.ts'
import type { ChannelTarget, OwnTarget, SubscriptionTarget } from './subscription-target.ts'
import type { SubscriptionAddress } from './topic-request.ts'

/** Whose events are collected: a cursor and what it may see. */
export interface FrameReader {
  readonly target: SubscriptionTarget
  readonly address: SubscriptionAddress
  readonly isCaughtUp: boolean
  readonly lagEvents: number
  /** Last seq written, or passed over by the filter; the collector moves it. */
  cursor: number
}

/** What collecting asks of the connection that is written to. */
export interface FrameReaderOwner {
  readonly wire: Wire
  readonly counters: DeliveryCounters
  readonly mergedSlices: MergedSlices
  /** It understands batches. */
  readonly takesBatches: boolean
  /** Unsent bytes have kept it from being written to, and it has not been at the heads since. */
  readonly wasBlocked: boolean
  countEvents(count: number): void
}

/**
 * Events that a reader must be behind to be told merged ones: two seconds of a model's text at one chunk per 30 ms. Less
 * is sent faster than it is merged, and nobody who merely blinked loses the rhythm of the text.
 */
const laggardEventsMin = 64

/** Brings the events after a cursor into a write, from the ring or below it from pages of the log. */
export class FrameCollector {
  readonly #reader: FrameReader
  readonly #owner: FrameReaderOwner
  /** Events below the ring; those the cursor has passed are skipped. */
  #page: readonly EventFrame[] = []
  /** Far behind, and until it is at the head told merged events. */
  #isLaggard = false

  constructor(reader: FrameReader, owner: FrameReaderOwner) {
    this.#reader = reader
    this.#owner = owner
  }

  givePage(frames: readonly EventFrame[]): void {
    this.#page = frames
  }

  /** The reader is at the head, or begins somewhere else. */
  reset(): void {
    if (this.#page.length > 0) this.#page = []
    this.#isLaggard = false
  }

  /** At least one event, and as far as there is room. `page`: what follows has to be read from the log. */
  collect(out: Outgoing, ring: TopicRing): 'page' | 'more' | 'full' {
    const { cursor } = this.#reader
    this.#isLaggard ||= this.#hasFallenBehind()
    if (cursor + 1 >= ring.start) return this.#collectFromRing(out, ring) ? 'more' : 'full'
    const next = this.#page.filter((frame) => frame.seq > cursor)
    this.#page = next
    if (next[0]?.seq !== cursor + 1) return 'page'
    return this.#collectFrames(out, next, ring) ? 'more' : 'full'
  }

  /**
   * Who was kept from reading, and who comes back to much and said that it knows of merging. A reader that keeps
   * up, or reads a whole past as fast as it is sent, is told what is stored.
   */
  #hasFallenBehind(): boolean {
    const { target, isCaughtUp, lagEvents } = this.#reader
    const { wire, wasBlocked, takesBatches } = this.#owner
    if (!wire.sendsMergedEvents || lagEvents <= laggardEventsMin) return false
    return wasBlocked || (takesBatches && target.kind !== 'own' && !isCaughtUp)
  }

  #collectFromRing(out: Outgoing, ring: TopicRing): boolean {
    const { cursor, target, isCaughtUp } = this.#reader
    if (target.kind !== 'execution' || this.#isLaggard) {
      return this.#collectFrames(out, ring.framesAfter(cursor, out.looksLeft), ring)
    }
    const slice = ring.slice(cursor, out.roomBytes)
    if (isCaughtUp) out.noteCommit(slice.frames[0]?.committedAt ?? null)
    if (!this.#owner.wire.sendsStoredFrames || slice.joined === null) {
      return this.#collectFrames(out, slice.frames, ring)
    }
    out.addBuffer(slice.joined)
    this.#reader.cursor = slice.toSeq
    this.#owner.countEvents(slice.frames.length)
    return true
  }

  #collectFrames(out: Outgoing, frames: readonly EventFrame[], ring: TopicRing): boolean {
    const { target, cursor } = this.#reader
    if (target.kind !== 'execution') return this.#collectAccepted(out, { frames, ring, target })
    if (this.#isLaggard) {
      const slice = this.#owner.mergedSlices.slice(ring.epoch, cursor, this.#requestFor(frames, ring))
      return this.#addSlice(out, slice, ring)
    }
    for (const frame of frames) {
      if (out.isFull) return false
      out.addFrame(this.#owner.wire.event(frame, ring))
      this.#owner.countEvents(1)
      this.#reader.cursor = frame.seq
    }
    return true
  }

  /** What two subscriptions see of a topic differs by their filters, so nothing merged is shared here. */
  #collectAccepted(
    out: Outgoing,
    { frames, ring, target }: { frames: readonly EventFrame[]; ring: TopicRing; target: ChannelTarget | OwnTarget },
  ): boolean {
    const looked = frames.slice(0, out.looksLeft)
    out.noteLooks(looked.length)
    let shown = looked.filter((frame) => target.accepts(frame.event))
    const isMerging = this.#isLaggard
    for (let [next] = shown; next !== undefined; [next] = shown) {
      if (out.isFull) return false
      if (isMerging) {
        if (!this.#addSlice(out, mergeFrames({ ...this.#requestFor(shown, ring), view: target.view }), ring))
          return false
      } else {
        if (this.#reader.isCaughtUp) out.noteCommit(next.committedAt)
        out.addFrame(target.view(next))
        this.#owner.countEvents(1)
        this.#reader.cursor = next.seq
      }
      const { cursor } = this.#reader
      shown = isMerging ? shown.filter(({ seq }) => seq > cursor) : shown.slice(1)
    }
    this.#reader.cursor = looked.at(-1)?.seq ?? this.#reader.cursor
    return looked.length > 0
  }

  #requestFor(frames: readonly EventFrame[], { topic }: TopicRing): MergeRequest {
    const { address, target } = this.#reader
    const takesBatches = this.#owner.takesBatches && target.kind !== 'own'
    return { topic, frames, batchAddress: takesBatches ? address : null }
  }

  #addSlice(out: Outgoing, slice: MergedSlice, ring: TopicRing): boolean {
    const { wire } = this.#owner
    if (wire.sendsStoredFrames && slice.joined !== null) {
      out.addBuffer(slice.joined)
      for (const part of slice.parts) this.#advance(out, part)
      return true
    }
    for (const part of slice.parts) {
      if (out.isFull) return false
      out.addFrame(wire.sendsStoredFrames || part.event === null ? part.frame : wire.event(part.event, ring))
      this.#advance(out, part)
    }
    return true
  }

  #advance(out: Outgoing, { toSeq, eventCount, event }: MergedPart): void {
    out.noteLooks(eventCount)
    this.#reader.cursor = toSeq
    this.#owner.countEvents(eventCount)
    if (eventCount > 1 || event === null) this.#owner.counters.countMerged(eventCount, event === null)
  }
}
