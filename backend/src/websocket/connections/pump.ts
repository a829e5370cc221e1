import type { Connection } from './connection.ts'

/** Writes between two looks at the clock: a look costs a twentieth of a write. */
const writesPerLook = 8

/** A turn that lasts longer than this lets others in before it goes on, milliseconds. */
const turnMsMax = 8

/**
 * Gives connections with something to write their turn. However many events arrive in one turn of the event
 * loop, each connection is written to once: the kernel's write is the cost.
 */
export class Pump {
  #dirty = new Set<Connection>()
  readonly #now: () => number
  readonly #onFailure: (connection: Connection, error: unknown) => void
  #scheduled: NodeJS.Immediate | null = null

  /** `onFailure` is given what a connection's writing threw; the others go on. */
  constructor(now: () => number, onFailure: (connection: Connection, error: unknown) => void) {
    this.#now = now
    this.#onFailure = onFailure
  }

  get dirtyCount(): number {
    return this.#dirty.size
  }

  wake(connection: Connection): void {
    this.#dirty.add(connection)
    this.#scheduled ??= setImmediate(() => this.#turn())
  }

  stop(): void {
    if (this.#scheduled !== null) clearImmediate(this.#scheduled)
    this.#scheduled = null
    this.#dirty.clear()
  }

  #turn(): void {
    this.#scheduled = null
    const startedAt = performance.now()
    const now = this.#now()
    // Whoever is woken while being written to is due in the next turn.
    const due = [...this.#dirty]
    this.#dirty = new Set()
    let written = 0
    for (const connection of due) {
      written += 1
      try {
        connection.write(now)
      } catch (error) {
        this.#onFailure(connection, error)
      }
      if (written % writesPerLook === 0 && performance.now() - startedAt > turnMsMax) break
    }
    // Those who had to wait come first.
    if (written < due.length) this.#dirty = new Set([...due.slice(written), ...this.#dirty])
    if (this.#dirty.size > 0) this.#scheduled ??= setImmediate(() => this.#turn())
  }
}
