/**
 * Makes large answers one at a time, each when little else waits to be sent: what is not made yet costs nothing
 * while a reader is slow. Bounded by what a connection may ask for.
 */
export class ReplyTurns {
  readonly #hasRoom: () => boolean
  #last: Promise<unknown> = Promise.resolve()
  #room: PromiseWithResolvers<void> | null = null

  constructor(hasRoom: () => boolean) {
    this.#hasRoom = hasRoom
  }

  /** Settles as `work` does, once it had its turn. */
  take(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(async () => {
      while (!this.#hasRoom()) {
        this.#room ??= Promise.withResolvers()
        await this.#room.promise
      }
      await work()
    })
    // A failure is its asker's to tell, not a reason for the next one to fail.
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** There may be room now. */
  look(): void {
    if (this.#room === null || !this.#hasRoom()) return
    this.#room.resolve()
    this.#room = null
  }
}
