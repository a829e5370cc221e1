import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EventReader, StoredEvent, TopicHead } from '../events/event-reader.ts'
import { streamCursor } from '../websocket/wires/stream-cursor.ts'
import { formatOffset, type StreamPlace } from '../websocket/wires/stream-offset.ts'

/** Bounds of one answer: a client goes on at `Stream-Next-Offset`. The first event is always in it. */
const pageEventsMax = 500
const pageBytesMax = 1024 * 1024

const json = 'application/json'

export function answerHead(reply: FastifyReply, head: TopicHead): FastifyReply {
  return tell(reply, head, head).header('cache-control', 'no-store').type(json).send('')
}

/** Asked for `now`: where the tail is, and nothing else. */
export function answerTail(reply: FastifyReply, head: TopicHead): FastifyReply {
  return sendJson(tell(reply, head, head).header('cache-control', 'no-store'), '[]')
}

/** A long poll that nothing came for, or that stands at the end of what is closed. */
export function answerNothingNew(reply: FastifyReply, head: TopicHead, cursor: string | undefined): FastifyReply {
  tell(reply, head, head)
  if (!head.closed) reply.header('stream-cursor', streamCursor(cursor, Date.now()))
  return reply.header('cache-control', 'no-store').code(204).send()
}

/**
 * The events after a place, as a JSON array of what the socket sends. Only the caller's own store may keep it, and
 * must ask each time whether it may still show it: rights end, and so what is unchanged costs a 304.
 * @param cursor set for long polls, whose answers carry one.
 */
export async function answerPage(
  reader: EventReader,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  { head, place, cursor }: { head: TopicHead; place: StreamPlace; cursor?: string },
): Promise<FastifyReply> {
  const events = withinBytes(ofEpoch(place.epoch, await reader.read(head.topic, place.seq, pageEventsMax)))
  const end = { epoch: place.epoch, seq: events.at(-1)?.seq ?? place.seq }
  // More may have been stored since the head was read.
  const known = end.seq > head.seq ? { ...head, seq: end.seq, closed: false } : head
  tell(reply, known, end)
  if (cursor !== undefined) reply.header('stream-cursor', streamCursor(cursor, Date.now()))
  const isLast = known.closed && end.seq === known.seq
  const etag = `"${formatOffset(place)}:${end.seq}${isLast ? ':closed' : ''}"`
  reply.header('etag', etag).header('cache-control', 'private, no-cache')
  const known304 = request.headers['if-none-match']?.split(',').some((one) => one.trim() === etag)
  if (known304 === true) return reply.code(304).send()
  return sendJson(reply, `[${events.map(({ payload }) => payload).join(',')}]`)
}

/** Where to go on, and whether anything is there. */
function tell(reply: FastifyReply, head: TopicHead, place: StreamPlace): FastifyReply {
  reply.header('stream-next-offset', formatOffset(place))
  if (place.seq !== head.seq) return reply
  reply.header('stream-up-to-date', 'true')
  return head.closed ? reply.header('stream-closed', 'true') : reply
}

function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type(json).serializer(String).send(text)
}

/** None when the log has begun anew since its head was read; the next request is told so. */
function ofEpoch(epoch: string, events: readonly StoredEvent[]): readonly StoredEvent[] {
  return events[0]?.epoch === epoch ? events : []
}

function withinBytes(events: readonly StoredEvent[]): readonly StoredEvent[] {
  let bytes = 0
  const tooMany = events.findIndex(({ payload }, index) => {
    bytes += Buffer.byteLength(payload)
    return index > 0 && bytes > pageBytesMax
  })
  return tooMany === -1 ? events : events.slice(0, tooMany)
}
