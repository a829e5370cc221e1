import { closeCodes } from '@millrace/shared/protocol/close-codes'
import type { LoggerPort } from '@millrace/temporal/ports'
import type { Identity } from '../identity.ts'

/** How a connection was ended here, as the other end was told it. */
export interface ConnectionEnding {
  code: number
  /** An error code, or nothing. */
  reason: string
}

/** A connection that is gone, as far as it is told of. */
export interface EndedConnection {
  id: string
  identity: Identity
  openedAt: number
  ending: ConnectionEnding | null
}

/** No goodbye was said: the network was cut, the process at the other end died. RFC 6455, 7.1.5. */
export const lostCode = 1006

/** Codes that the socket library closes with by itself (RFC 6455, 7.4.1), and the two that stand for none. */
const libraryCodes = [1002, 1003, 1005, lostCode, 1007]

/** Every other code comes from a client, which may choose among thousands; they are counted as one. */
const countedCodes = [...Object.values(closeCodes), ...libraryCodes].toSorted((a, b) => a - b).map(String)

/** Closes that concern whoever runs this: readers too slow or too many, floods, broken clients, our own faults. */
const notableCodes: ReadonlySet<number> = new Set([
  closeCodes.tryLater,
  closeCodes.rateLimited,
  closeCodes.badMessage,
  closeCodes.internal,
])

/** One count and one line of the log for each connection that is gone. */
export class ConnectionEnds {
  readonly #logger: LoggerPort
  readonly #counts: Record<string, number> = Object.fromEntries([...countedCodes, 'other'].map((code) => [code, 0]))

  constructor(logger: LoggerPort) {
    this.#logger = logger
  }

  /** By close code. */
  get counts(): Record<string, number> {
    return { ...this.#counts }
  }

  /** `heardCode`: what the transport says of the end; it counts where nothing was decided here. */
  note({ id: connectionId, identity, openedAt, ending }: EndedConnection, heardCode: number, now: number): void {
    const { code, reason } = ending ?? { code: heardCode, reason: '' }
    const counted = String(code) in this.#counts ? String(code) : 'other'
    this.#counts[counted] = (this.#counts[counted] ?? 0) + 1
    const fields = {
      tag: 'connection-closed',
      connectionId,
      userId: identity.userId,
      code,
      reason,
      by: ending === null ? 'other end' : 'server',
      livedMs: now - openedAt,
    }
    if (notableCodes.has(code)) this.#logger.info(fields, 'Closed a connection')
    else this.#logger.debug(fields, 'A connection is closed')
  }
}
