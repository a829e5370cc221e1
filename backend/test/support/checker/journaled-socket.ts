import WebSocket from 'ws'
import { waitUntil } from '../wait-until.ts'
import type { Journal } from './journal.ts'

/** A socket without the product's client. Writes down what comes when it is given a journal. */
export class JournaledSocket {
  readonly socket: WebSocket
  readonly frames: { type: string; [field: string]: unknown }[] = []
  closeCode: number | null = null
  closeReason = ''
  readonly #journal: Journal | null

  /** `url`: of the socket endpoint, with the capabilities that it asks for. */
  constructor(url: string, token: string | null, journal: Journal | null = null) {
    this.#journal = journal
    const protocols = token === null ? ['millrace.v1'] : ['millrace.v1', `bearer.${token}`]
    this.socket = new WebSocket(url, protocols, { handshakeTimeout: 5000 })
    this.socket.on('message', (data) => {
      const frame = JSON.parse(data.toString()) as { type: string }
      this.frames.push(frame)
      journal?.received(frame)
    })
    this.socket.on('close', (code, reason) => {
      this.closeCode = code
      this.closeReason = reason.toString()
    })
    this.socket.on('error', () => undefined)
  }

  get isGreeted(): boolean {
    return this.frames.some(({ type }) => type === 'connected')
  }

  /** True: greeted; false: closed or silent. */
  async greeted(timeoutMs = 5000): Promise<boolean> {
    await this.until(() => this.isGreeted || this.closeCode !== null, timeoutMs)
    return this.isGreeted && this.closeCode === null
  }

  /** False: not in time. */
  async until(condition: () => boolean, timeoutMs = 5000): Promise<boolean> {
    return waitUntil(condition, { timeoutMs, intervalMs: 10 }).then(
      () => true,
      () => false,
    )
  }

  /** Text and bytes as they are; nothing when it is not open. */
  send(message: object | string | Buffer): void {
    if (this.socket.readyState !== WebSocket.OPEN) return
    if (typeof message === 'object' && !Buffer.isBuffer(message)) {
      this.#journal?.sent(message as { type: string })
      this.socket.send(JSON.stringify(message))
    } else this.socket.send(message)
  }

  end(): void {
    this.socket.terminate()
  }
}
