/** The part of a change that tells it from others. */
interface DatedChange {
  id: number
  changedAt: number
}

/**
 * Which changes were handled. They are numbered in the order of their making but become visible in the order of the
 * commits, so a reader looks back over an overlap each time, and knows here what it has seen. Holds the changes of one
 * overlap at most.
 */
export class HandledChanges {
  /** From here on has to be read, by the database's clock; null: nothing was read yet. */
  since: number | null = null
  readonly #overlapMs: number
  readonly #changedAt = new Map<number, number>()

  constructor(overlapMs: number) {
    this.#overlapMs = overlapMs
  }

  get count(): number {
    return this.#changedAt.size
  }

  /** Those of the changes that are new here; from now on they are not. */
  take<Change extends DatedChange>(changes: readonly Change[]): Change[] {
    const fresh = changes.filter(({ id }) => !this.#changedAt.has(id))
    for (const { id, changedAt } of fresh) this.#changedAt.set(id, changedAt)
    const latest = fresh.reduce((max, { changedAt }) => Math.max(max, changedAt), 0)
    const since = Math.max(this.since ?? 0, latest - this.#overlapMs)
    if (since !== this.since) {
      this.since = since
      for (const [id, changedAt] of this.#changedAt) if (changedAt < since) this.#changedAt.delete(id)
    }
    return fresh
  }
}
