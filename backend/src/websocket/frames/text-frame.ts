/**
 * WebSocket frames (RFC 6455 §5.2) from server to client are not masked, so one frame serves every client
 * as long as no extension is negotiated. Built once per event, written as it is to each socket: of a
 * delivery's cost the kernel's write is nine tenths then.
 */
const textOpcode = 0x1
const continuationOpcode = 0x0
const finBit = 0x80
const lengthBits = 0x7f

/**
 * Longest payload of one frame. A longer message goes in fragments: so a slow reader's progress is seen,
 * and a ping may pass in between.
 */
export const fragmentBytesMax = 32 * 1024

/** A ping without payload. */
export const pingFrame = Buffer.from([finBit | 0x9, 0])

/** One message as the wire has it. */
export interface TextFrame {
  /** One, or several where the message is longer than `fragmentBytesMax`. */
  fragments: readonly Buffer[]
  /** Of all fragments with their headers. */
  bytes: number
}

export function encodeTextFrame(text: string): TextFrame {
  const payload = Buffer.from(text, 'utf8')
  if (payload.length <= fragmentBytesMax) {
    const frame = encodeFragment(payload, textOpcode, true)
    return { fragments: [frame], bytes: frame.length }
  }
  const fragments: Buffer[] = []
  for (let from = 0; from < payload.length; from += fragmentBytesMax) {
    const part = payload.subarray(from, from + fragmentBytesMax)
    fragments.push(
      encodeFragment(part, from === 0 ? textOpcode : continuationOpcode, from + fragmentBytesMax >= payload.length),
    )
  }
  return { fragments, bytes: fragments.reduce((sum, { length }) => sum + length, 0) }
}

/** What a frame carries, without its headers: parts of the same memory. */
export function payloadsOf({ fragments }: TextFrame): Buffer[] {
  return fragments.map((fragment) => fragment.subarray(((fragment[1] ?? 0) & lengthBits) < 126 ? 2 : 4))
}

export function encodeMessage(message: object): TextFrame {
  return encodeTextFrame(JSON.stringify(message))
}

function encodeFragment(payload: Buffer, opcode: number, isLast: boolean): Buffer {
  const headerBytes = payload.length < 126 ? 2 : 4
  const frame = Buffer.allocUnsafe(headerBytes + payload.length)
  frame[0] = (isLast ? finBit : 0) | opcode
  if (headerBytes === 2) {
    frame[1] = payload.length
  } else {
    // Two bytes of length suffice: fragments end at 32 KiB.
    frame[1] = 126
    frame.writeUInt16BE(payload.length, 2)
  }
  payload.copy(frame, headerBytes)
  return frame
}
