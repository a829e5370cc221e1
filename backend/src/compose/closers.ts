import type { FastifyBaseLogger } from 'fastify'

/** What has to be closed, in the order it was opened; closed in the reverse one, also when the opening stops half way. */
export class Closers {
  readonly #closers: { name: string; close: () => Promise<unknown> | unknown }[] = []
  #closing: Promise<void> | null = null

  push(name: string, close: () => Promise<unknown> | unknown): void {
    this.#closers.push({ name, close })
  }

  /** Closes everything once, however often it is called. One that fails is logged and does not keep the others open. */
  closeAll(logger: FastifyBaseLogger): Promise<void> {
    this.#closing ??= this.#closeInReverse(logger)
    return this.#closing
  }

  async #closeInReverse(logger: FastifyBaseLogger): Promise<void> {
    for (const { name, close } of this.#closers.toReversed()) {
      const startedAt = Date.now()
      try {
        await close()
        logger.debug({ part: name, durationMs: Date.now() - startedAt }, 'closed')
      } catch (error) {
        logger.warn({ err: error, part: name }, 'could not be closed cleanly')
      }
    }
  }
}
