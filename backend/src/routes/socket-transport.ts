import type { Duplex } from 'node:stream'
import { InvariantError } from '@millrace/shared/errors/app-error'
import type { PerMessageDeflateOptions, WebSocket } from 'ws'
import { splitFrames } from '../websocket/frames/split-frames.ts'
import type { Transport } from '../websocket/wires/transport.ts'

/**
 * For slow links only: one frame no longer serves all clients, and a message costs ten times its writing. The
 * window is small, so that a socket costs about 24 KiB more (2^(11+2) + 2^(5+9) bytes) instead of 256; it lasts from
 * message to message, for events repeat each other's words. What clients send is small and forgets.
 */
export const compression: PerMessageDeflateOptions = {
  serverMaxWindowBits: 11,
  zlibDeflateOptions: { level: 3, memLevel: 5 },
  clientNoContextTakeover: true,
  concurrencyLimit: 4,
  threshold: 0,
}

/** `WebSocket.OPEN`, read once. */
const openState = 1

/** Below this a message grows by being compressed. */
const compressedBytesMin = 64

/** For a socket as it was opened: compressed only where the setting allows it and the client asked for it. */
export function createSocketTransport(socket: WebSocket): Transport {
  return socket.extensions === '' ? new RawTransport(socket) : createCompressingTransport(socket)
}

/** See `Transport.progressMark`. The handle counts what is left of the writes that are under way. */
export function progressMarkOf(stream: Duplex | null, waitingBytes: number): number {
  const { _handle: handle } = (stream ?? {}) as { _handle?: { writeQueueSize?: number } | null }
  return waitingBytes + (handle?.writeQueueSize ?? 0)
}

function streamOf(socket: WebSocket): Duplex {
  const { _socket: stream } = socket as WebSocket & { _socket?: Duplex }
  if (stream === undefined) throw new InvariantError('the socket library no longer shows its stream')
  return stream
}

/**
 * Request and answer of an upgrade are held by listeners of the socket for as long as it lives, which may be a
 * day, and cost more than everything that delivery keeps. `handleError` takes the place of the library's listener.
 */
export function letGoOfUpgrade(socket: WebSocket, handleError: (error: Error) => void): void {
  socket.removeAllListeners('error')
  socket.on('error', handleError)
  const stream = streamOf(socket)
  const { _httpMessage: answer } = stream as Duplex & { _httpMessage?: { detachSocket(stream: Duplex): void } | null }
  answer?.detachSocket(stream)
}

const faultCloseCodes: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
}

/** With which code the library has closed a socket that broke the protocol, and tells nobody; null: the error is another one. */
export function closeCodeOfFault(error: Error): number | null {
  const code = 'code' in error ? String(error.code) : ''
  return code.startsWith('WS_ERR_') ? (faultCloseCodes[code] ?? 1002) : null
}

/**
 * Frames are written to the socket below the library, several in one system call. Nothing else sends messages. A
 * class, for thousands of them: an object of functions would weigh a kilobyte, and its getters are slow.
 */
class RawTransport implements Transport {
  readonly #socket: WebSocket
  readonly #stream: Duplex

  constructor(socket: WebSocket) {
    this.#socket = socket
    this.#stream = streamOf(socket)
  }

  send(frames: readonly Buffer[]): void {
    if (this.#socket.readyState !== openState) return
    const [only] = frames
    const stream = this.#stream
    if (frames.length === 1 && only !== undefined) {
      // The usual case; a cork around it would cost a list and a walk over it.
      stream.write(only)
      return
    }
    stream.cork()
    for (const frame of frames) stream.write(frame)
    stream.uncork()
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength
  }

  get progressMark(): number {
    return progressMarkOf(this.#stream, this.#stream.writableLength)
  }

  onDrain(listener: () => void): void {
    this.#stream.on('drain', listener)
  }
}

/** Every message is compressed for this one socket: ten times the time of writing it, for links that are slow. */
function createCompressingTransport(socket: WebSocket): Transport {
  let onDrain: () => void = () => undefined
  const handleSent = () => {
    if (socket.bufferedAmount === 0) onDrain()
  }
  return {
    send: (frames) => {
      if (socket.readyState !== socket.OPEN) return
      for (const buffer of frames) {
        for (const { isControl, isLast, payload } of splitFrames(buffer)) {
          const compress = payload.length >= compressedBytesMin
          if (isControl) socket.ping()
          else socket.send(payload, { binary: false, compress, fin: isLast }, handleSent)
        }
      }
    },
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    get bufferedBytes() {
      return socket.bufferedAmount
    },
    get progressMark() {
      return progressMarkOf(streamOf(socket), socket.bufferedAmount)
    },
    onDrain: (listener) => {
      onDrain = listener
    },
  }
}
