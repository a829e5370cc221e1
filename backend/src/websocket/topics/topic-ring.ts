import type { WorkflowEvent } from '@millrace/shared/events'
import type { StoredEvent, TopicHead } from '../../events/event-reader.ts'
import { encodeTextFrame, type TextFrame } from '../frames/text-frame.ts'
import { requireNext } from './continuity.ts'

/** What a ring keeps of an event: the topic and its epoch are the ring's. */
export type NumberedEvent = Omit<StoredEvent, 'topic' | 'epoch' | 'eventId'>

/** A stored event with its frame, shared by everyone who reads it. */
export class EventFrame {
  readonly seq: number
  readonly type: StoredEvent['type']
  readonly frame: TextFrame
  /** Null: read from the log, so nobody waited for it. */
  readonly committedAt: number | null
  readonly #payload: string
  #event: WorkflowEvent | null = null

  constructor({ seq, type, payload, committedAt }: NumberedEvent) {
    this.seq = seq
    this.committedAt = committedAt ?? null
    this.type = type
    this.#payload = payload
    this.frame = encodeTextFrame(payload)
  }

  /** Parsed at most once, and only where somebody filters or folds. */
  get event(): WorkflowEvent {
    this.#event ??= JSON.parse(this.#payload) as WorkflowEvent
    return this.#event
  }

  get payload(): string {
    return this.#payload
  }
}

/** What a slice of a ring is: everything after a cursor, as far as a budget goes. */
export interface RingSlice {
  frames: readonly EventFrame[]
  /** The same frames joined, where each is one fragment; null where a long message is among them. */
  joined: Buffer | null
  bytes: number
  toSeq: number
}

/** Frames are kept twice, as text for folding and as bytes; this is what one costs besides them. */
const frameOverheadBytes = 200

/**
 * The newest events of a topic, contiguous: `[start..head]`. Subscriptions are cursors into it; it holds no
 * list of what anybody still needs. What has been evicted is read from the log.
 */
export class TopicRing {
  readonly topic: string
  readonly workspaceId: string
  #epoch: string
  #head: number
  #isClosed: boolean
  #frames: EventFrame[] = []
  /** Index of the oldest kept frame; the array is cut when half of it is gone. */
  #first = 0
  #bytes = 0
  #lastSlice: { after: number; bytesMax: number; slice: RingSlice } | null = null

  constructor({ topic, workspaceId, epoch, seq, closed }: TopicHead) {
    this.topic = topic
    this.workspaceId = workspaceId
    this.#epoch = epoch
    this.#head = seq
    this.#isClosed = closed
  }

  get epoch(): string {
    return this.#epoch
  }

  /** The newest seq; 0: nothing yet. */
  get head(): number {
    return this.#head
  }

  /** The oldest seq kept; `head + 1` when none is. */
  get start(): number {
    return this.#head + 1 - this.count
  }

  get count(): number {
    return this.#frames.length - this.#first
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The execution is over: nothing follows `head`. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Throws ContinuityError for an event that is not the next one. */
  push(event: NumberedEvent, isTerminal: boolean): void {
    requireNext(this.topic, this.#head, event.seq)
    const frame = new EventFrame(event)
    this.#frames.push(frame)
    this.#head = event.seq
    this.#bytes += costOf(frame)
    this.#isClosed ||= isTerminal
    this.#lastSlice = null
  }

  /** A topic without events has no epoch yet; its first event brings one. */
  adoptEpoch(epoch: string): void {
    this.#epoch = epoch
  }

  /** Moves to a head without its events, which are in the log: after a long absence, or when the log began anew. */
  moveTo({ epoch, seq, closed }: TopicHead): void {
    this.#epoch = epoch
    this.#head = seq
    this.#isClosed = closed
    this.#clear()
  }

  /**
   * Frames after a cursor, at least one and then as many as fit. Callers make sure that
   * `start <= afterSeq + 1 <= head`. Readers at the same place share one joined buffer, those with less room too as
   * long as all of it fits: what a paused reader's socket holds is then what the others' were written. Throws
   * ContinuityError when what is kept does not follow the cursor.
   */
  slice(afterSeq: number, bytesMax: number): RingSlice {
    const last = this.#lastSlice
    if (last !== null && last.after === afterSeq) {
      const isRest = last.slice.toSeq === this.#head && last.slice.bytes <= bytesMax
      if (isRest || last.bytesMax === bytesMax) return last.slice
    }
    const from = this.#placeAfter(afterSeq)
    let bytes = 0
    let to = from
    let isSimple = true
    for (; to < this.#frames.length; to += 1) {
      const frame = this.#frames[to]?.frame
      if (frame === undefined || (to > from && bytes + frame.bytes > bytesMax)) break
      bytes += frame.bytes
      isSimple &&= frame.fragments.length === 1
    }
    const frames = this.#frames.slice(from, to)
    const joined = isSimple ? joinFrames(frames) : null
    const slice = { frames, joined, bytes, toSeq: afterSeq + frames.length }
    this.#lastSlice = { after: afterSeq, bytesMax, slice }
    return slice
  }

  /** At most so many frames after a cursor; callers make sure that `start <= afterSeq + 1 <= head`. */
  framesAfter(afterSeq: number, countMax: number): readonly EventFrame[] {
    const from = this.#placeAfter(afterSeq)
    return this.#frames.slice(from, from + countMax)
  }

  /** Forgets the oldest frames until at most so many bytes are left. */
  evictTo(bytesMax: number): void {
    if (this.#bytes <= bytesMax) return
    while (this.#bytes > bytesMax && this.#first < this.#frames.length) {
      const frame = this.#frames[this.#first]
      if (frame !== undefined) this.#bytes -= costOf(frame)
      this.#first += 1
    }
    this.#lastSlice = null
    if (this.#first * 2 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#first)
      this.#first = 0
    }
  }

  /** Whatever led a reader astray, it is not told what does not follow. */
  #placeAfter(afterSeq: number): number {
    const place = this.#first + (afterSeq + 1 - this.start)
    const first = this.#frames[place]?.seq ?? (afterSeq < this.start ? this.start : this.#head)
    requireNext(this.topic, afterSeq, first)
    return place
  }

  #clear(): void {
    this.#frames = []
    this.#first = 0
    this.#bytes = 0
    this.#lastSlice = null
  }
}

function joinFrames(frames: readonly EventFrame[]): Buffer {
  const buffers = frames.flatMap(({ frame }) => frame.fragments)
  const [only] = buffers
  return buffers.length === 1 && only !== undefined ? only : Buffer.concat(buffers)
}

function costOf({ frame, payload }: EventFrame): number {
  return frame.bytes + payload.length + frameOverheadBytes
}
