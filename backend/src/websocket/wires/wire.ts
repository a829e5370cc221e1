import { encodeMessage, type TextFrame } from '../frames/text-frame.ts'
import type { Snapshot } from '../topics/snapshot-cache.ts'
import type { EventFrame, TopicRing } from '../topics/topic-ring.ts'
import type { StreamPlace } from './stream-offset.ts'

/** A message about a subscription or the connection; events are no messages. */
export interface WireMessage {
  type: string
  [field: string]: unknown
}

/**
 * How what is delivered looks in bytes. Everything before the bytes (rings, cursors, limits, turns) is the same
 * for a socket and for an HTTP response.
 */
export interface Wire {
  /** The reader can send too: it is greeted, answers pings, and may follow several things. Else it ends with its one subscription. */
  readonly isTwoWay: boolean
  /** Events leave as the ring holds them, so many of them may leave as one buffer. */
  readonly sendsStoredFrames: boolean
  /** Who is behind may be told several events as one, with `count`. */
  readonly sendsMergedEvents: boolean
  /** There is a word for lost continuity; without one the connection ends, and its next request is told. */
  readonly tellsResync: boolean
  event(frame: EventFrame, ring: Pick<TopicRing, 'epoch' | 'head'>): TextFrame
  snapshot(snapshot: Snapshot): TextFrame
  /** Null: this wire does not say it. `place`: where the subscription stands. */
  message(message: WireMessage, place: StreamPlace | null): TextFrame | null
}

export const webSocketWire: Wire = {
  isTwoWay: true,
  sendsStoredFrames: true,
  sendsMergedEvents: true,
  tellsResync: true,
  event: ({ frame }) => frame,
  snapshot: ({ frame }) => frame,
  message: (message) => encodeMessage(message),
}
