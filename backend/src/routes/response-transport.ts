import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Transport } from '../websocket/wires/transport.ts'
import { progressMarkOf } from './socket-transport.ts'

/** After this long without a byte the system asks a peer whether it is still there, milliseconds. */
const keepAliveProbeMs = 25_000

/** An HTTP response as delivery sees it: nothing leaves before `start`, and what comes after the end is dropped. */
export class ResponseTransport implements Transport {
  readonly #response: ServerResponse
  #isStarted = false
  /** Why it was closed before it began; the answer is an error then. */
  refusal: string | null = null

  constructor(response: ServerResponse) {
    this.#response = response
  }

  /** @param preamble the first bytes: they let a client know that the stream is open. */
  start(headers: OutgoingHttpHeaders, preamble: string): void {
    this.#isStarted = true
    this.#response.socket?.setKeepAlive(true, keepAliveProbeMs)
    this.#response.socket?.setNoDelay(true)
    this.#response.writeHead(200, headers)
    this.#response.write(preamble)
  }

  send(buffers: readonly Buffer[]): void {
    if (this.#response.writableEnded || this.#response.destroyed) return
    this.#response.cork()
    for (const buffer of buffers) this.#response.write(buffer)
    this.#response.uncork()
  }

  close(_code: number, reason: string): void {
    if (this.#isStarted) this.#response.end()
    else this.refusal = reason
  }

  terminate(): void {
    this.#response.destroy()
  }

  get bufferedBytes(): number {
    return this.#response.writableLength
  }

  get progressMark(): number {
    return progressMarkOf(this.#response.socket, this.bufferedBytes)
  }

  onDrain(listener: () => void): void {
    this.#response.on('drain', listener)
  }
}
