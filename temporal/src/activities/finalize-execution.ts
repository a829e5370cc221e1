import { errorCodeOf } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import type { EnginePorts, EventOwner, FinalizeRequest } from '../ports.ts'

/**
 * Closes an execution in the log. A closing that the log refuses for good is repeated without what can be
 * wrong in it: a run that never gets its terminal event would be the worse lie. Throws while the log is away.
 */
export async function finalizeExecution(
  { events, logger }: EnginePorts,
  owner: EventOwner,
  request: FinalizeRequest,
): Promise<void> {
  try {
    await events.finalize(owner, request)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const { executionId, finishedAt, duration } = request
    logger.error({ executionId, error, tag: 'invariant-violation' }, 'the closing of an execution was refused')
    const { message } = errorCatalogue.INTERNAL
    await events.finalize(owner, {
      executionId,
      finishedAt,
      duration,
      outcome: { status: 'failed', error: { code: 'INTERNAL', message } },
      nodes: [],
      eventIds: [],
      isJournalComplete: false,
    })
  }
}

/** Whether the same call would fail for ever: a schema that the event does not fit. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof Error && error.name.endsWith('ZodError')) return true
  const code = errorCodeOf(error)
  return code !== null && !errorCatalogue[code].retryable
}
