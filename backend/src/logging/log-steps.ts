import type { EventDraftOf, WorkflowEventOf } from '@millrace/shared/events'
import type { LoggerPort } from '@millrace/temporal/ports'

/** The part of the emitter that is listened to. */
interface StepEvents {
  on<Type extends 'node:log' | 'node:retry'>(type: Type, listener: (event: WorkflowEventOf<Type>) => void): () => void
}

/**
 * Writes what steps say into the log of the process that runs them, once it is stored: so a step says it once, and what
 * stands here is masked as it is there. Returns how to stop.
 */
export function logSteps(events: StepEvents, logger: LoggerPort): () => void {
  const stops = [
    events.on('node:log', ({ level, message, ...event }) => logger[level](fieldsOf(event), message)),
    events.on('node:retry', ({ error, nextRetryIn, ...event }) =>
      logger.warn({ ...fieldsOf(event), code: error.code, nextRetryInMs: nextRetryIn }, 'The step is tried again'),
    ),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

function fieldsOf({
  executionId,
  nodeId,
  attempt,
}: Pick<EventDraftOf<'node:log'>, 'executionId' | 'nodeId' | 'attempt'>): Record<string, unknown> {
  return { tag: 'step', executionId, nodeId, ...(attempt === undefined ? {} : { attempt }) }
}
