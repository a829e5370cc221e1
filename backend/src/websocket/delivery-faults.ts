import { errorCodeOf } from '@millrace/shared/errors/app-error'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import type { LoggerPort } from '@millrace/temporal/ports'
import type { Connection } from './connections/connection.ts'
import type { TopicRing } from './topics/topic-ring.ts'

/** Faults of our own while writing: reported, and the connection ended, which comes back and goes on from its cursors. */
export class DeliveryFaults {
  readonly #logger: LoggerPort
  /** Must stay 0: a ring of another workspace was about to be written. */
  violationCount = 0

  constructor(logger: LoggerPort) {
    this.#logger = logger
  }

  handleViolation(connection: Connection, ring: TopicRing): void {
    this.violationCount += 1
    this.#logger.error(
      { tag: 'invariant-violation', connectionId: connection.id, topic: ring.topic },
      'A topic of another workspace was about to be written',
    )
    connection.close(closeCodes.internal, 'INTERNAL')
  }

  handleWriteFailure(connection: Connection, error: unknown): void {
    const code = errorCodeOf(error) ?? 'INTERNAL'
    this.#logger.error({ tag: 'write-failed', connectionId: connection.id, code, err: error }, 'Could not write')
    connection.close(closeCodes.internal, 'INTERNAL')
  }
}
