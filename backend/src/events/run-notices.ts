import type { EventDraft, EventDraftOf, WorkflowEvent } from '@millrace/shared/events'
import { eventId } from '@millrace/shared/events/event-id'

type Notice = EventDraftOf<'notification'>

/** Bounds of the schema, with room for the words around. */
const nameCharactersMax = 120
const messageCharactersMax = 900

/** Tells whoever started a run that it failed. `stored`: the events of the run, which know its name. */
export function noticeOfFailure(terminal: EventDraft, stored: readonly WorkflowEvent[]): Notice[] {
  if (terminal.type !== 'execution:failed') return []
  const created = stored.find((event) => event.type === 'execution:created')
  const { executionId, timestamp, error } = terminal
  return [
    {
      type: 'notification',
      eventId: eventId({ nodePath: null, type: 'notification', ordinal: `failed:${executionId}` }),
      timestamp,
      level: 'error',
      category: 'execution',
      title: `${cut(created?.workflowName ?? 'A run', nameCharactersMax)} ${error.code === 'RUN_BLOCKED' ? 'is blocked' : 'failed'}`,
      message: cut(error.message, messageCharactersMax),
      actions: [{ label: 'Open the run', path: `/executions/${executionId}` }],
    },
  ]
}

/** Tells whoever started a run that it waits for an answer. */
export function noticeOfQuestion({
  requestId,
  executionId,
  timestamp,
  ...asked
}: EventDraftOf<'user:input:required'>): Notice {
  return {
    type: 'notification',
    eventId: eventId({ nodePath: null, type: 'notification', ordinal: `asks:${requestId}` }),
    timestamp,
    level: 'warning',
    category: 'question',
    title: `${cut(asked.workflowName, nameCharactersMax)} waits for an answer`,
    message: cut(asked.prompt, messageCharactersMax),
    actions: [{ label: 'Open the run', path: `/executions/${executionId}` }],
  }
}

/** Tells whoever started a run that its question is still open. */
export function noticeOfReminder(reminder: EventDraftOf<'user:input:reminder'>): Notice {
  const { requestId, number, workflowName } = reminder
  return {
    ...noticeOfQuestion({ ...reminder, type: 'user:input:required', validation: {} }),
    eventId: eventId({ nodePath: null, type: 'notification', ordinal: `reminds:${number}:${requestId}` }),
    title: `${cut(workflowName, nameCharactersMax)} still waits for an answer`,
  }
}

function cut(text: string, charactersMax: number): string {
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1)}…`
}
