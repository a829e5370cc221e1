import type { TextFrame } from './text-frame.ts'

/**
 * Events that one write may parse, to filter or to merge them: a few milliseconds. So no connection, whatever it
 * follows, keeps the others waiting.
 */
const lookedMax = 1000

/** What leaves in one write: filled up to a budget, so that a turn never writes more than a socket may hold. */
export class Outgoing {
  readonly buffers: Buffer[] = []
  readonly #budgetBytes: number
  /** Where the share of the one who is adding now ends. */
  #limitBytes: number
  #bytes = 0
  #looked = 0
  /** Fragments of a message that did not all fit; nothing else may follow before them. */
  rest: readonly Buffer[] = []
  /** When the oldest live event in it was stored, epoch milliseconds; null: there is none. */
  oldestCommittedAt: number | null = null

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
    this.#limitBytes = budgetBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Including those of the message that did not all fit. */
  get takenBytes(): number {
    return this.#bytes + bytesOf(this.rest)
  }

  get roomBytes(): number {
    return Math.max(0, this.#limitBytes - this.#bytes)
  }

  /** How many events may still be parsed. */
  get looksLeft(): number {
    return Math.max(0, lookedMax - this.#looked)
  }

  /** The share of the one who is adding is used up, or all of it. */
  get isFull(): boolean {
    return this.#bytes >= this.#limitBytes || this.isSpent
  }

  /** There is no room for anybody. */
  get isSpent(): boolean {
    return this.#bytes >= this.#budgetBytes || this.rest.length > 0 || this.#looked >= lookedMax
  }

  /** Gives the next one a share of what is left. */
  grant(bytes: number): void {
    this.#limitBytes = Math.min(this.#budgetBytes, this.#bytes + bytes)
  }

  noteLooks(count: number): void {
    this.#looked += count
  }

  /** Remembers when an event was stored that a caught-up reader has waited for. */
  noteCommit(committedAt: number | null): void {
    if (committedAt === null || (this.oldestCommittedAt ?? committedAt) < committedAt) return
    this.oldestCommittedAt = committedAt
  }

  addBuffer(buffer: Buffer): void {
    this.buffers.push(buffer)
    this.#bytes += buffer.length
  }

  /** Takes a message that may be larger than the room: its first fragments now, the others as `rest`. */
  addFrame({ fragments }: TextFrame): void {
    this.addFragments(fragments)
  }

  addFragments(fragments: readonly Buffer[]): void {
    let count = 0
    for (const fragment of fragments) {
      if (count > 0 && this.#bytes + fragment.length > this.#budgetBytes) break
      this.addBuffer(fragment)
      count += 1
    }
    if (count < fragments.length) this.rest = fragments.slice(count)
    else if (this.rest.length > 0) this.rest = []
  }
}

export function bytesOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0)
}
