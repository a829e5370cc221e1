import type { EventDraft } from '@millrace/shared/events'
import type { InjectedSinks } from '@temporalio/worker'
import type { EventOwner, EventPort, LoggerPort } from '../ports.ts'
import type { EngineSinks } from '../workflows/engine-sinks.ts'
import { SinkQueue } from './sink-queue.ts'

/** What the workflow sends as JSON. */
export interface SinkBatch {
  owner: EventOwner
  drafts: EventDraft[]
}

/**
 * By then the server has given the task to somebody else and refuses the late completion, so giving up
 * loses nothing: the task runs again. Giving up earlier would lose the events for good.
 */
const giveUpAfterTaskTimeoutMs = 5000

/**
 * The worker's end of the sink. Calls of one activation run at the same time and their errors are swallowed,
 * so each is queued at once, before anything is awaited, and never rejects.
 */
export function createEventSink(events: EventPort, logger: LoggerPort): InjectedSinks<EngineSinks> {
  const queues = new Map<string, SinkQueue>()
  return {
    events: {
      append: {
        callDuringReplay: false,
        fn({ workflowId, taskTimeoutMs }, batchJson) {
          let queue = queues.get(workflowId)
          if (queue === undefined) {
            queue = new SinkQueue(events, logger, workflowId)
            queues.set(workflowId, queue)
          }
          const { owner, drafts } = JSON.parse(batchJson) as SinkBatch
          const giveUpAt = Date.now() + taskTimeoutMs + giveUpAfterTaskTimeoutMs
          // A queue lives while somebody waits in it: at most one per workflow task under way.
          return queue.append({ owner, drafts, giveUpAt }).finally(() => {
            if (queue.isEmpty) queues.delete(workflowId)
          })
        },
      },
    },
  }
}
