import type { Transport } from '../../src/websocket/wires/transport.ts'

/** A peer that takes everything at once and keeps it. */
export class CollectedTransport implements Transport {
  readonly #sent: Buffer[] = []
  readonly bufferedBytes = 0
  isClosed = false

  send(frames: readonly Buffer[]): void {
    this.#sent.push(...frames)
  }

  close(): void {
    this.isClosed = true
  }

  terminate(): void {
    this.isClosed = true
  }

  onDrain(): void {
    // It is never full.
  }

  /** Every byte that was written. */
  get bytes(): Buffer {
    return Buffer.concat(this.#sent)
  }

  /** What the bytes say, message by message. */
  get messages(): Record<string, unknown>[] {
    const { bytes } = this
    const messages: Record<string, unknown>[] = []
    let text = ''
    for (let at = 0; at < bytes.length; ) {
      const isLast = ((bytes[at] ?? 0) & 0x80) !== 0
      const short = (bytes[at + 1] ?? 0) & 0x7f
      const from = at + (short < 126 ? 2 : 4)
      const to = from + (short < 126 ? short : bytes.readUInt16BE(at + 2))
      text += bytes.toString('utf8', from, to)
      at = to
      if (!isLast) continue
      messages.push(JSON.parse(text) as Record<string, unknown>)
      text = ''
    }
    return messages
  }
}
