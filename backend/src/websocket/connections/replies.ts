import type { Outgoing } from '../frames/outgoing.ts'
import type { TextFrame } from '../frames/text-frame.ts'

/**
 * Replies that may wait for a slow reader when another one comes: a client that only asks and never reads is closed
 * then, and not for the size of one answer. Twice what a client of ours repeats at most after a cut (512 KiB of
 * commands), whose answers repeat what they were asked.
 */
const bytesMax = 1024 * 1024

/** Messages that go ahead of events and wait for room in the socket. */
export class Replies {
  #frames: TextFrame[] = []
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0
  }

  /** False: more wait already than may, and all of them are dropped. */
  add(frame: TextFrame): boolean {
    if (this.#bytes > bytesMax) {
      this.clear()
      return false
    }
    this.#frames.push(frame)
    this.#bytes += frame.bytes
    return true
  }

  /** Moves as many as there is room for. */
  moveTo(out: Outgoing): void {
    let count = 0
    for (const frame of this.#frames) {
      if (out.isFull) break
      out.addFrame(frame)
      this.#bytes -= frame.bytes
      count += 1
    }
    if (count > 0) this.#frames.splice(0, count)
  }

  /** All of them, without regard to room. */
  takeAll(): Buffer[] {
    const buffers = this.#frames.flatMap(({ fragments }) => fragments)
    this.clear()
    return buffers
  }

  clear(): void {
    this.#frames = []
    this.#bytes = 0
  }
}
