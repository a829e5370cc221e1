/**
 * Cuts a byte stream of the Postgres frontend protocol into whole messages
 * (Postgres documentation, "Message Formats"): the first message has no type byte, every later one
 * is a type byte and a length that counts itself.
 */
export class WireFrames {
  #pending: Buffer = Buffer.alloc(0)
  #startedUp = false

  /** The complete messages in `bytes` and what came before it, in order. */
  push(bytes: Buffer): Buffer[] {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes])
    const messages: Buffer[] = []
    for (;;) {
      const lengthOffset = this.#startedUp ? 1 : 0
      if (this.#pending.length < lengthOffset + 4) return messages
      const end = lengthOffset + this.#pending.readUInt32BE(lengthOffset)
      if (this.#pending.length < end) return messages
      messages.push(this.#pending.subarray(0, end))
      this.#pending = this.#pending.subarray(end)
      this.#startedUp = true
    }
  }
}

const terminateType = 'X'.charCodeAt(0)

export function isTerminate(message: Buffer): boolean {
  return message[0] === terminateType && message.length === 5
}
