import { encodeTextFrame } from '../../src/websocket/frames/text-frame.ts'
import type { Transport } from '../../src/websocket/wires/transport.ts'

export interface ServerMessage {
  type: string
  [field: string]: unknown
}

/** What a broken server sends instead of a message. One of them per connection. */
export type Lie = (message: ServerMessage) => ServerMessage[]

const textOpcode = 1
const continuationOpcode = 0

/** Tells a client something else than what the server wrote, message by message. */
export function lyingTransport(transport: Transport, lie: Lie): Transport {
  let bytes: Buffer = Buffer.alloc(0)
  let message: Buffer[] = []
  const take = (frames: readonly Buffer[]): Buffer[] => {
    bytes = Buffer.concat([bytes, ...frames])
    const out: Buffer[] = []
    for (;;) {
      const frame = readFrame(bytes)
      if (frame === null) return out
      bytes = bytes.subarray(frame.length)
      if (frame.opcode !== textOpcode && frame.opcode !== continuationOpcode) {
        out.push(frame.whole)
        continue
      }
      message.push(frame.payload)
      if (!frame.isLast) continue
      const told = lie(JSON.parse(Buffer.concat(message).toString()) as ServerMessage)
      message = []
      out.push(...told.flatMap((one) => encodeTextFrame(JSON.stringify(one)).fragments))
    }
  }
  return {
    send: (frames) => transport.send(take(frames)),
    close: (code, reason) => transport.close(code, reason),
    terminate: () => transport.terminate(),
    get bufferedBytes() {
      return transport.bufferedBytes
    },
    onDrain: (listener) => transport.onDrain(listener),
  }
}

/** The first whole frame of a server's bytes, which are never masked. */
function readFrame(bytes: Buffer) {
  if (bytes.length < 2) return null
  const short = bytes.readUInt8(1) & 0x7f
  const headerBytes = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < headerBytes) return null
  const payloadBytes = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  const length = headerBytes + payloadBytes
  if (bytes.length < length) return null
  const first = bytes.readUInt8(0)
  return {
    length,
    isLast: (first & 0x80) !== 0,
    opcode: first & 0x0f,
    payload: bytes.subarray(headerBytes, length),
    whole: bytes.subarray(0, length),
  }
}
