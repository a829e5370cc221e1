import type { TextFrame } from './text-frame.ts'

/** What leaves in one write: filled up to a budget, so that a turn never writes more than a socket may hold. */
export class Outgoing {
  readonly buffers: Buffer[] = []
  readonly #budgetBytes: number
  #bytes = 0
  /** Fragments of a message that did not all fit; nothing else may follow before them. */
  rest: readonly Buffer[] = []
  /** When the oldest live event in it was stored, epoch milliseconds; null: there is none. */
  oldestCommittedAt: number | null = null

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get roomBytes(): number {
    return Math.max(0, this.#budgetBytes - this.#bytes)
  }

  get isFull(): boolean {
    return this.#bytes >= this.#budgetBytes || this.rest.length > 0
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
    this.rest = fragments.slice(count)
  }
}
