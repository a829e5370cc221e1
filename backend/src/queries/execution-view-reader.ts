import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import { applyEvent, emptyExecutionView } from '@millrace/shared/engine/reducer'
import type { WorkflowEvent } from '@millrace/shared/events'
import type { EventReader } from '../events/event-reader.ts'
import { executionTopic } from '../events/topic-name.ts'

export interface ExecutionViewReader {
  /** The run as its events tell it, up to the head of this moment. */
  read(executionId: string): Promise<ExecutionView>
}

/** Events read at a time: some milliseconds of folding, then others have a turn. */
const pageEventsMax = 500
/** Views kept, to be carried on from where they stand. A view is bounded, see `viewLimits`. */
const viewsMax = 30

/** Folds the log with the reducer that the browser has, so that an answer and a screen never disagree. */
export function createExecutionViewReader(events: EventReader): ExecutionViewReader {
  /** Least recently used first. */
  const views = new Map<string, { epoch: string; view: ExecutionView }>()
  return {
    async read(executionId) {
      const topic = executionTopic(executionId)
      const head = await events.head(topic)
      if (head === null) return emptyExecutionView(executionId)
      const known = views.get(executionId)
      let view =
        known?.epoch === head.epoch && known.view.seq <= head.seq ? known.view : emptyExecutionView(executionId)
      while (view.seq < head.seq) {
        const page = await events.read(topic, view.seq, pageEventsMax)
        if (page.length === 0) break
        view = page.reduce((folded, { payload }) => applyEvent(folded, JSON.parse(payload) as WorkflowEvent), view)
      }
      views.delete(executionId)
      views.set(executionId, { epoch: head.epoch, view })
      const [oldest] = views.keys()
      if (views.size > viewsMax && oldest !== undefined) views.delete(oldest)
      return view
    },
  }
}
