import { type EventDraft, eventTraits, type WorkflowEvent } from '@millrace/shared/events'
import type { PromptInputType } from '@millrace/shared/events/user-input'
import { type BatchStep, callOf, type PreparedStatement } from '../repositories/prepared-batch.ts'

/** One search by index for each run; see `findStoredStatement`. */
const findRunsStatement: PreparedStatement = {
  name: 'find-runs',
  types: ['text[]'],
  text: `select run.id, run.workflow_id, run.status in ('completed', 'failed', 'cancelled') as closed
         from unnest($1) as named(id)
         cross join lateral (select id, workflow_id, status from executions where executions.id = named.id limit 1) as run`,
}

export interface RunRow {
  id: string
  /** Null: there is no such run. */
  workflow_id: string | null
  closed: boolean
}

/** The runs that the drafts are about. */
export function findRuns(drafts: readonly EventDraft[]): BatchStep {
  return callOf(findRunsStatement, [
    ...new Set(drafts.flatMap((draft) => ('executionId' in draft ? [draft.executionId] : []))),
  ])
}

const findAskedStatement: PreparedStatement = {
  name: 'find-asked',
  types: ['text[]'],
  text: `select request_id, request->>'inputType' as input_type from prompts where request_id = any($1)`,
}

export interface AskedRow {
  request_id: string
  input_type: PromptInputType
}

/** The questions that the drafts close; no step where they close none. */
export function findAsked(drafts: readonly EventDraft[]): BatchStep[] {
  const requestIds = drafts.flatMap((draft) => (closesQuestion(draft) ? [draft.requestId] : []))
  return requestIds.length === 0 ? [] : [callOf(findAskedStatement, requestIds)]
}

/** What the log knows of runs and questions beside the events themselves, and stamps on those that lists are made of. */
export class RunFacts {
  readonly #closed: Set<string>
  readonly #workflowIds: Map<string, string>
  readonly #inputTypes: Map<string, PromptInputType>

  constructor(runs: readonly RunRow[], asked: readonly AskedRow[]) {
    this.#closed = new Set(runs.filter(({ closed }) => closed).map(({ id }) => id))
    this.#workflowIds = new Map(runs.flatMap((row) => (row.workflow_id === null ? [] : [[row.id, row.workflow_id]])))
    this.#inputTypes = new Map(asked.map((row) => [row.request_id, row.input_type]))
  }

  workflowIdOf(executionId: string): string | null {
    return this.#workflowIds.get(executionId) ?? null
  }

  isClosed(executionId: string): boolean {
    return this.#closed.has(executionId)
  }

  close(executionId: string): void {
    this.#closed.add(executionId)
  }

  /** The event with what a list's filter needs; the same object where nothing is to be added. */
  stamp<Event extends EventDraft | WorkflowEvent>(event: Event): Event {
    if (!isListed(event) || !('executionId' in event)) return event
    if (event.type === 'execution:created') this.#workflowIds.set(event.executionId, event.workflowId)
    if (event.type === 'user:input:required') this.#inputTypes.set(event.requestId, event.inputType)
    const workflowId = 'workflowId' in event ? undefined : this.#workflowIds.get(event.executionId)
    const inputType =
      closesQuestion(event) && !('inputType' in event) ? this.#inputTypes.get(event.requestId) : undefined
    if (workflowId === undefined && inputType === undefined) return event
    return {
      ...event,
      ...(workflowId === undefined ? {} : { workflowId }),
      ...(inputType === undefined ? {} : { inputType }),
    }
  }
}

/** Whether an event lacks what `RunFacts` stamps: it is of a log from before. */
export function isUnstamped(event: WorkflowEvent): boolean {
  if (!isListed(event) || !('executionId' in event)) return false
  return !('workflowId' in event) || (closesQuestion(event) && !('inputType' in event))
}

function isListed({ type }: { type: EventDraft['type'] }): boolean {
  return eventTraits[type]?.topics.includes('workspace')
}

export function closesQuestion<Event extends EventDraft>(
  event: Event,
): event is Extract<Event, { type: 'user:input:received' | 'user:input:expired' | 'user:input:withdrawn' }> {
  const { type } = event
  return type === 'user:input:received' || type === 'user:input:expired' || type === 'user:input:withdrawn'
}
