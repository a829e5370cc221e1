import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** What a server said before the connection was over; code null: it said no goodbye. */
export interface WireEnd {
  code: number | null
}

export interface FrameParts {
  opcode: number
  payload?: Buffer
  isFinal?: boolean
  /** Reserved bits, as they stand in the first byte. */
  reserved?: number
  isMasked?: boolean
  /** Said instead of the payload's own length, in eight bytes. */
  length?: bigint
}

/** One frame of RFC 6455 §5.2, right or wrong as it is asked for. */
export function frameOf({ opcode, payload = Buffer.alloc(0), isFinal = true, ...odd }: FrameParts): Buffer {
  const { reserved = 0, isMasked = true, length } = odd
  const first = (isFinal ? 0x80 : 0) | reserved | opcode
  const mask = isMasked ? randomBytes(4) : Buffer.alloc(0)
  const size = length === undefined && payload.length < 126 ? Buffer.alloc(0) : Buffer.alloc(8)
  if (size.length > 0) size.writeBigUInt64BE(length ?? BigInt(payload.length))
  const second = (isMasked ? 0x80 : 0) | (size.length > 0 ? 127 : payload.length)
  const body = isMasked ? payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) : payload
  return Buffer.concat([Buffer.from([first, second]), size, mask, body])
}

/** A client without a library, for bytes that no library would send. */
export class WireClient {
  readonly socket: Socket
  #read = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      this.#read = Buffer.concat([this.#read, chunk])
    })
  }

  /** Upgrades at `/ws` with a bearer token. Rejects when it is refused or nothing comes in time. */
  static async open(port: number, token: string, timeoutMs = 5000): Promise<WireClient> {
    const client = new WireClient(connect({ port, host: '127.0.0.1' }))
    const signal = AbortSignal.timeout(timeoutMs)
    await once(client.socket, 'connect', { signal })
    client.socket.write(
      [
        'GET /ws HTTP/1.1',
        `Host: 127.0.0.1:${port}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        `Sec-WebSocket-Protocol: millrace.v1, bearer.${token}`,
        '\r\n',
      ].join('\r\n'),
    )
    while (!client.#read.includes('"connected"')) {
      if (client.socket.destroyed) throw new Error('the upgrade was refused')
      await once(client.socket, 'data', { signal })
    }
    return client
  }

  send(...frames: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(frames))
  }

  /** The close frame that the server ended with. Rejects when it leaves the connection open. */
  async ended(timeoutMs = 5000): Promise<WireEnd> {
    if (!this.socket.closed) await once(this.socket, 'close', { signal: AbortSignal.timeout(timeoutMs) })
    const text = this.#read.subarray(this.#read.indexOf('\r\n\r\n') + 4)
    for (let at = 0; at + 2 <= text.length; ) {
      const short = (text[at + 1] ?? 0) & 0x7f
      const [headerBytes, bytes] = short === 126 ? [4, text.readUInt16BE(at + 2)] : [2, short]
      if (((text[at] ?? 0) & 0x0f) === 8) return { code: bytes >= 2 ? text.readUInt16BE(at + headerBytes) : null }
      at += headerBytes + bytes
    }
    return { code: null }
  }

  destroy(): void {
    this.socket.destroy()
  }
}

const text = (payload: string | Buffer, odd: Partial<FrameParts> = {}) =>
  frameOf({ opcode: 1, payload: Buffer.from(payload), ...odd })

/** What breaks RFC 6455, and the close code that it says for that: 1002 protocol, 1007 not UTF-8, 1009 too big. */
export const brokenFrames: readonly { what: string; frames: () => Buffer[]; code: number }[] = [
  { what: 'a frame without a mask', frames: () => [text('{}', { isMasked: false })], code: 1002 },
  { what: 'a reserved bit', frames: () => [text('{}', { reserved: 0x40 })], code: 1002 },
  { what: 'an opcode that is none', frames: () => [frameOf({ opcode: 3 })], code: 1002 },
  { what: 'text that is not UTF-8', frames: () => [text(Buffer.from([0x7b, 0xc3, 0x28, 0x7d]))], code: 1007 },
  { what: 'a continuation of nothing', frames: () => [frameOf({ opcode: 0 })], code: 1002 },
  {
    what: 'a message within another one',
    frames: () => [text('{"type":', { isFinal: false }), text('{}')],
    code: 1002,
  },
  { what: 'a ping in parts', frames: () => [frameOf({ opcode: 9, isFinal: false })], code: 1002 },
  { what: 'a ping that is too long', frames: () => [frameOf({ opcode: 9, payload: Buffer.alloc(200) })], code: 1002 },
  {
    what: 'a goodbye of one byte',
    frames: () => [frameOf({ opcode: 8, payload: Buffer.from([3]) })],
    code: 1002,
  },
  {
    what: 'a goodbye with a code that is none',
    frames: () => [frameOf({ opcode: 8, payload: Buffer.from([0x03, 0xed]) })],
    code: 1002,
  },
  { what: 'a length beyond any memory', frames: () => [text('{}', { length: 2n ** 62n })], code: 1009 },
  { what: 'a length that never comes', frames: () => [text('{}', { length: 2n ** 31n })], code: 1009 },
  {
    what: 'parts that are too much together',
    frames: () => [
      text('x', { isFinal: false }),
      ...Array.from({ length: 9 }, () => frameOf({ opcode: 0, payload: Buffer.alloc(8192, 120), isFinal: false })),
    ],
    code: 1009,
  },
  {
    what: 'parts without an end',
    frames: () => [
      text('{', { isFinal: false }),
      ...Array.from({ length: 2000 }, () => frameOf({ opcode: 0, isFinal: false })),
    ],
    code: 1008,
  },
]
