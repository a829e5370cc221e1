import { bytesOf, type Outgoing } from '../frames/outgoing.ts'
import type { TopicRing } from '../topics/topic-ring.ts'

/** Whose events a message tells; without its memory. */
export type RingName = Pick<TopicRing, 'topic' | 'workspaceId'>

/**
 * The rest of a message whose first fragments are written. Nothing but control frames may come before it, and half a
 * message cannot be taken back: whoever may not read the rest is closed.
 */
export class UnfinishedMessage {
  #fragments: readonly Buffer[] = []
  #source: RingName | null = null

  get isEmpty(): boolean {
    return this.#fragments.length === 0
  }

  get bytes(): number {
    return bytesOf(this.#fragments)
  }

  /** Null: there is no rest, or it is of an answer and tells no event. */
  get source(): RingName | null {
    return this.#source
  }

  /** Adds as much of it as there is room for. */
  moveTo(out: Outgoing): void {
    if (this.isEmpty) return
    out.addFragments(this.#fragments)
    this.#fragments = out.rest
    if (this.isEmpty) this.#source = null
  }

  /** What a write leaves over. `source`: of whom it tells, where it began in this write. */
  keep(rest: readonly Buffer[], source: RingName | null): void {
    if (this.isEmpty) this.#source = rest.length === 0 || source === null ? null : nameOf(source)
    this.#fragments = rest
  }

  drop(): void {
    this.#fragments = []
    this.#source = null
  }
}

function nameOf({ topic, workspaceId }: RingName): RingName {
  return { topic, workspaceId }
}
