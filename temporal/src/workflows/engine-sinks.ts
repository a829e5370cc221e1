import type { Sinks } from '@temporalio/workflow'

/**
 * The way of control-flow events out of the workflow. Awaited before the workflow task's completion
 * leaves the worker, so what it told is stored before its consequences can begin.
 */
export interface EngineSinks extends Sinks {
  events: {
    /** JSON of `SinkBatch`: text, because arguments are not copied and could change before they are read. */
    append(batchJson: string): void
  }
}
