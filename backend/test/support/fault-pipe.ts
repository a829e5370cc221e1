import type { Socket } from 'node:net'

/** How often a throttled pipe forwards; at rates below 20 B/s it waits for one whole byte instead. */
const sliceIntervalMs = 50

export type CutKind = 'fin' | 'rst'

/** What a pipe does with bytes: forward them, forward them slowly, leave them unread, or read and drop them. */
export type Flow =
  | { kind: 'pass' }
  | { kind: 'blackhole' }
  | { kind: 'swallow' }
  | { kind: 'slow'; bytesPerSecond: number }

/** One direction of one connection through the proxy. Holds at most one chunk. */
export class FaultPipe {
  forwardedBytes = 0
  hasLostBytes = false
  readonly #from: Socket
  readonly #to: Socket
  #flow: Flow = { kind: 'pass' }
  #held: Buffer = Buffer.alloc(0)
  #hasEnded = false
  #timer: NodeJS.Timeout | null = null
  #cutAt = Number.POSITIVE_INFINITY
  #onCut: () => void = () => undefined

  constructor(from: Socket, to: Socket) {
    this.#from = from
    this.#to = to
    from.on('data', (bytes: Buffer) => this.#take(bytes))
    from.on('end', () => {
      this.#hasEnded = true
      this.#forward()
    })
    to.on('drain', () => this.#forward())
  }

  setFlow(flow: Flow): void {
    this.#flow = flow
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#forward()
  }

  /** Forwards exactly this many bytes in all, then calls. */
  cutAt(position: number, onCut: () => void): void {
    this.#cutAt = position
    this.#onCut = onCut
    if (this.forwardedBytes >= position) onCut()
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#flow = { kind: 'blackhole' }
  }

  #take(bytes: Buffer): void {
    if (this.#flow.kind === 'swallow') {
      this.hasLostBytes = true
      return
    }
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
    this.#from.pause()
    this.#forward()
  }

  #forward(): void {
    const flow = this.#flow
    if (flow.kind === 'blackhole') {
      this.#from.pause()
      return
    }
    if (flow.kind === 'swallow') {
      if (this.#held.length > 0) this.hasLostBytes = true
      this.#held = Buffer.alloc(0)
      this.#from.resume()
      return
    }
    if (flow.kind === 'pass') this.#write(this.#held.length)
    else if (this.#timer === null && this.#held.length > 0) this.#schedule(flow.bytesPerSecond)
    if (this.#held.length > 0) return
    if (this.#hasEnded) this.#to.end()
    else if (!this.#to.writableNeedDrain) this.#from.resume()
  }

  #schedule(bytesPerSecond: number): void {
    const sliceBytes = Math.max(1, Math.floor((bytesPerSecond * sliceIntervalMs) / 1000))
    const intervalMs = Math.ceil((sliceBytes * 1000) / bytesPerSecond)
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#write(sliceBytes)
      this.#forward()
    }, intervalMs)
  }

  #write(bytesMax: number): void {
    const count = Math.min(bytesMax, this.#held.length, this.#cutAt - this.forwardedBytes)
    if (count > 0 && !this.#to.destroyed) this.#to.write(this.#held.subarray(0, count))
    this.#held = this.#held.subarray(count)
    this.forwardedBytes += count
    if (this.forwardedBytes >= this.#cutAt) this.#onCut()
  }
}
