import { closeCodes } from '@millrace/shared/protocol/close-codes'
import type { LoggerPort } from '@millrace/temporal/ports'
import type { Identity } from '../identity.ts'
import type { Transport } from '../wires/transport.ts'
import type { Connection } from './connection.ts'
import { ConnectionEnds, lostCode } from './connection-ends.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import type { ConnectionOrigin } from './connection-origin.ts'

/** Milliseconds between two groups of goodbyes. */
const goodbyeStepMs = 20

/** The connections of a process: who may come, who is there, and how all of them leave. */
export class OpenConnections implements Iterable<Connection> {
  readonly #limits: ConnectionLimits
  readonly #logger: LoggerPort
  readonly #connections = new Set<Connection>()
  readonly #ends: ConnectionEnds
  #openedCount = 0
  #refusedCount = 0
  #isLeaving = false
  #onEmpty: () => void = () => undefined

  constructor(limits: ConnectionLimits, logger: LoggerPort) {
    this.#limits = limits
    this.#logger = logger
    this.#ends = new ConnectionEnds(logger)
  }

  get count(): number {
    return this.#connections.size
  }

  /** Since the start: who came, who was refused, and how those ended who are gone. */
  figures() {
    return { openedCount: this.#openedCount, refusedCount: this.#refusedCount, closes: this.#ends.counts }
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#connections.values()
  }

  /** Counts who comes; false: refused because of a limit or because the process is leaving, and closed. */
  admit(transport: Transport, { userId }: Identity, { address }: ConnectionOrigin): boolean {
    if (this.#isLeaving) {
      this.#refusedCount += 1
      transport.close(closeCodes.leaving, 'SERVER_LEAVING')
      return false
    }
    if (this.#limits.tryEnter(userId, address)) return true
    this.#refusedCount += 1
    this.#logger.warn({ tag: 'too-many-connections', userId }, 'Refused a connection')
    transport.close(closeCodes.tryLater, 'TOO_MANY_CONNECTIONS')
    return false
  }

  /** Of who was admitted. */
  add(connection: Connection): void {
    this.#connections.add(connection)
    this.#openedCount += 1
  }

  /** `code`: what its transport says of the end, if it has such a word. May be called twice. */
  remove(connection: Connection, code: number = lostCode): void {
    if (!this.#connections.delete(connection)) return
    this.#ends.note(connection, code, Date.now())
    this.#limits.leave(connection.identity.userId, connection.origin.address)
    if (this.#connections.size === 0) this.#onEmpty()
  }

  /** From now on nobody is admitted. */
  leave(): void {
    this.#isLeaving = true
  }

  /**
   * Says goodbye to all there are, evenly over `spreadMs`, so that they do not all arrive elsewhere at the same
   * moment. Resolves when the last goodbye has been said.
   */
  async closeAll(code: number, spreadMs: number): Promise<void> {
    this.leave()
    const connections = [...this.#connections]
    const perStep = Math.max(1, Math.ceil(connections.length / Math.max(1, spreadMs / goodbyeStepMs)))
    for (let from = 0; from < connections.length; from += perStep) {
      for (const connection of connections.slice(from, from + perStep)) connection.close(code, 'SERVER_LEAVING')
      if (from + perStep < connections.length && spreadMs > 0) {
        await new Promise((resolve) => {
          setTimeout(resolve, goodbyeStepMs)
        })
      }
    }
  }

  /** Resolves when nobody is left, at the latest after `graceMs`. */
  async whenEmpty(graceMs: number): Promise<void> {
    if (this.#connections.size === 0) return
    const gone = Promise.withResolvers<void>()
    this.#onEmpty = gone.resolve
    const timer = setTimeout(gone.resolve, graceMs)
    await gone.promise
    clearTimeout(timer)
  }
}
