import { Duplex } from 'node:stream'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import type { ThreadRequest } from './pglite-thread.ts'
import { isTerminate, WireFrames } from './wire-frames.ts'

/**
 * What node-postgres takes for its TCP socket: bytes written here reach PGlite in its thread as whole
 * protocol messages, its replies are read here. So one driver serves PGlite and Postgres alike.
 */
export class PgliteStream extends Duplex {
  readonly #port: MessagePort
  readonly #frames = new WireFrames()

  constructor(thread: Worker) {
    super()
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    thread.postMessage({ type: 'connect', port: port2 } satisfies ThreadRequest, [port2])
    port1.on('message', (reply: Uint8Array) => this.push(Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength)))
    port1.on('close', () => this.push(null))
  }

  /** Named as in `net.Socket`; there is nothing to dial. */
  connect(): this {
    queueMicrotask(() => this.emit('connect'))
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    this.#port.ref()
    return this
  }

  unref(): this {
    this.#port.unref()
    return this
  }

  override _read(): void {
    // Replies are pushed as they come; a reply is bounded by the query that asked for it.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send(chunk)
    done()
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)))
    done()
  }

  override _final(done: () => void): void {
    this.#disconnect()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#disconnect()
    done(error)
  }

  #send(bytes: Buffer): void {
    const messages = this.#frames.push(bytes)
    const last = messages.at(-1)
    if (last !== undefined && isTerminate(last)) {
      this.end()
      return
    }
    // One exchange for all that is complete: parse, bind, execute and sync travel together.
    if (messages.length > 0) this.#port.postMessage(new Uint8Array(Buffer.concat(messages)))
  }

  #disconnect(): void {
    this.#port.postMessage(null)
    this.push(null)
  }
}
