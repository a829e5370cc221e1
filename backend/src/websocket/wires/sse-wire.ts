import { payloadsOf, type TextFrame } from '../frames/text-frame.ts'
import { formatOffset, type StreamPlace } from './stream-offset.ts'
import type { Wire } from './wire.ts'

/** What a stream says beside events: the rest concerns who can answer. */
const saidTypes = new Set(['subscribed', 'resync', 'caught_up', 'ended', 'error'])

const heartbeat = textFrameOf([Buffer.from(': heartbeat\n\n')])
const eventEnd = Buffer.from('\n\n')

/**
 * Server-sent events (HTML standard, "Server-sent events"): `event` is the type, `data` the message as the socket
 * sends it, `id` the place after it. JSON has no line breaks, so one `data` line holds any event; its bytes are those
 * that the ring holds.
 */
export const sseWire: Wire = {
  isTwoWay: false,
  sendsStoredFrames: false,
  sendsMergedEvents: true,
  tellsResync: true,
  event: ({ frame, seq, type }, { epoch }) => encodeSse(type, payloadsOf(frame), { epoch, seq }),
  snapshot: ({ frame, epoch, seq }) => encodeSse('snapshot', payloadsOf(frame), { epoch, seq }),
  message(message) {
    if (message.type === 'heartbeat') return heartbeat
    if (!saidTypes.has(message.type)) return null
    return encodeSse(message.type, [Buffer.from(JSON.stringify(message))], null)
  },
}

function encodeSse(type: string, payloads: readonly Buffer[], place: StreamPlace | null): TextFrame {
  const id = place === null ? '' : `id: ${formatOffset(place)}\n`
  return textFrameOf([Buffer.from(`${id}event: ${type}\ndata: `), ...payloads, eventEnd])
}

export function textFrameOf(fragments: readonly Buffer[]): TextFrame {
  return { fragments, bytes: fragments.reduce((sum, { length }) => sum + length, 0) }
}
