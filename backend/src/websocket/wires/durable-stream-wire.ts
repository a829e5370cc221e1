import { payloadsOf } from '../frames/text-frame.ts'
import { textFrameOf } from './sse-wire.ts'
import { streamCursor } from './stream-cursor.ts'
import { formatOffset, type StreamPlace } from './stream-offset.ts'
import type { Wire } from './wire.ts'

const heartbeat = textFrameOf([Buffer.from(': heartbeat\n\n')])
const dataStart = Buffer.from('event: data\ndata:[')
const dataEnd = Buffer.from(']\n\n')

/**
 * The live mode `sse` of the Durable Streams protocol: each event is a `data` of a JSON array, followed by a
 * `control` that says where to go on. The last one says that the stream is closed. Each wire is of one stream: it
 * remembers what it said.
 * @param clientCursor what the client sent as `cursor`; answers stay ahead of it.
 */
export function createDurableStreamWire(clientCursor: string | undefined): Wire {
  const control = (place: StreamPlace, state: { upToDate?: true; streamClosed?: true }) => {
    const cursor = state.streamClosed ? {} : { streamCursor: streamCursor(clientCursor, Date.now()) }
    const fields = { streamNextOffset: formatOffset(place), ...cursor, ...state }
    return Buffer.from(`event: control\ndata:${JSON.stringify(fields)}\n\n`)
  }
  /** Of the last event that was followed by "up to date": saying it again would give one offset twice. */
  let upToDateSeq: number | null = null
  return {
    isTwoWay: false,
    sendsStoredFrames: false,
    // An offset of that protocol is the place of one stored message; readers count on seeing each of them.
    sendsMergedEvents: false,
    tellsResync: false,
    event({ frame, seq }, { epoch, head }) {
      if (seq === head) upToDateSeq = seq
      const state = seq === head ? { upToDate: true as const } : {}
      return textFrameOf([dataStart, ...payloadsOf(frame), dataEnd, control({ epoch, seq }, state)])
    },
    // Folded states are no part of the protocol, and reading from a place never begins with one.
    snapshot: () => heartbeat,
    message({ type }, place) {
      if (type === 'heartbeat') return heartbeat
      if (place === null) return null
      if (type === 'caught_up') {
        return place.seq === upToDateSeq ? null : textFrameOf([control(place, { upToDate: true })])
      }
      return type === 'ended' ? textFrameOf([control(place, { upToDate: true, streamClosed: true })]) : null
    },
  }
}
