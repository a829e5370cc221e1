/** With no more than this unsent the next one is made: it then follows without a pause, bytes. */
const roomyBytes = 64 * 1024

/**
 * Makes large answers one at a time, each when little else waits to be sent: what is not made yet costs nothing
 * while a reader is slow. Bounded by what a connection may ask for.
 */
export class ReplyTurns {
  readonly #waitingBytes: () => number
  #last: Promise<unknown> = Promise.resolve()
  #room: PromiseWithResolvers<void> | null = null

  /** `waitingBytes`: what waits to be sent; 0 where nothing will be. */
  constructor(waitingBytes: () => number) {
    this.#waitingBytes = waitingBytes
  }

  /** Settles as `work` does, once it had its turn. */
  take(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(async () => {
      while (this.#waitingBytes() > roomyBytes) {
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
    if (this.#room === null || this.#waitingBytes() > roomyBytes) return
    this.#room.resolve()
    this.#room = null
  }
}
