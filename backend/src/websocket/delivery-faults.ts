import { errorCodeOf } from '@millrace/shared/errors/app-error'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import type { LoggerPort } from '@millrace/temporal/ports'
import type { Connection } from './connections/connection.ts'
import type { FaultReports, Violation } from './fault-reports.ts'
import { ContinuityError } from './topics/continuity.ts'
import type { TopicRing } from './topics/topic-ring.ts'

/**
 * Faults of our own in delivery: counted, told under one tag, and mended by whoever reports them. A connection that
 * cannot be written to for such a fault is ended, and comes back and goes on from its cursors.
 */
export class DeliveryFaults implements FaultReports {
  readonly #logger: LoggerPort
  readonly #violations: Record<Violation, number> = { order: 0, gap: 0, duplicate: 0, isolation: 0 }

  constructor(logger: LoggerPort) {
    this.#logger = logger
  }

  /** Must stay 0, each and together. */
  figures() {
    const violations = { ...this.#violations }
    return { violations, violationCount: Object.values(violations).reduce((sum, count) => sum + count, 0) }
  }

  report(violation: Violation, fields: { topic: string; connectionId?: string }, message: string): void {
    this.#violations[violation] += 1
    this.#logger.error({ tag: 'invariant-violation', violation, ...fields }, message)
  }

  handleViolation(connection: Connection, { topic }: TopicRing): void {
    const place = { connectionId: connection.id, topic }
    this.report('isolation', place, 'A topic of another workspace was about to be written')
    connection.close(closeCodes.internal, 'INTERNAL')
  }

  handleWriteFailure(connection: Connection, error: unknown): void {
    const connectionId = connection.id
    if (error instanceof ContinuityError) {
      this.report(error.kind, { topic: error.topic, connectionId }, error.message)
    } else {
      const code = errorCodeOf(error) ?? 'INTERNAL'
      this.#logger.error({ tag: 'write-failed', connectionId, code, err: error }, 'Could not write')
    }
    connection.close(closeCodes.internal, 'INTERNAL')
  }
}
