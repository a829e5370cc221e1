import WebSocket from 'ws'
import { waitUntil } from '../support/wait-until.ts'

export interface Frame {
  type: string
  [field: string]: unknown
}

/** A client that shows every frame as it came, and does nothing by itself. */
export class RawClient {
  readonly socket: WebSocket
  readonly frames: Frame[] = []
  closed: { code: number; reason: string } | null = null
  upgradeStatus: number | null = null
  #read = 0

  constructor(
    url: string,
    protocols: string[] = ['millrace.v1', 'bearer.token-ada'],
    options: WebSocket.ClientOptions = {},
  ) {
    this.socket = new WebSocket(url, protocols, options)
    this.socket.on('message', (data, isBinary) => {
      if (isBinary) throw new Error('the server sent a binary frame')
      this.frames.push(JSON.parse(data.toString()) as Frame)
    })
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() }
    })
    this.socket.on('unexpected-response', (_request, response) => {
      this.upgradeStatus = response.statusCode ?? null
      this.socket.terminate()
    })
    this.socket.on('error', () => undefined)
  }

  static async open(url: string, protocols?: string[], options?: WebSocket.ClientOptions): Promise<RawClient> {
    const client = new RawClient(url, protocols, options)
    await client.next('connected')
    return client
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message))
  }

  /** The next frame not yet read, which must be of this type. */
  async next(type: string): Promise<Frame> {
    await waitUntil(() => this.frames.length > this.#read || this.closed !== null, {
      timeoutMs: 10_000,
      intervalMs: 2,
      describe: () => `a frame of type ${type}`,
    })
    const frame = this.frames[this.#read]
    if (frame === undefined) throw new Error(`wanted ${type}, but closed: ${JSON.stringify(this.closed)}`)
    this.#read += 1
    if (frame.type !== type) throw new Error(`wanted ${type}, got ${JSON.stringify(frame).slice(0, 300)}`)
    return frame
  }

  /** Waits for the close. */
  async ended(): Promise<{ code: number; reason: string }> {
    await waitUntil(() => this.closed !== null, { timeoutMs: 10_000, intervalMs: 2, describe: () => 'a close' })
    return this.closed ?? { code: 0, reason: '' }
  }

  async close(): Promise<void> {
    this.socket.close()
    await this.ended()
  }
}
