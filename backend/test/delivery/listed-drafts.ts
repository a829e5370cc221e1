import type { EventDraftOf } from '@millrace/shared/events'

/** Events of a workspace's topic as the log stamps them: each says of which workflow it is, and which kind of question. */

let counter = 0
const unique = () => String((counter += 1))

export interface ListedRun {
  executionId: string
  workflowId: string
}

export function runCreated({ executionId, workflowId }: ListedRun): EventDraftOf<'execution:created'> {
  const workflow = { workflowId, workflowName: `Flow ${workflowId}`, workflowVersion: 1, totalNodes: 2 }
  return { type: 'execution:created', eventId: `created/${unique()}`, timestamp: 1, executionId, ...workflow }
}

export function runMoved(
  run: ListedRun,
  type: 'execution:waiting' | 'execution:resumed',
): EventDraftOf<'execution:waiting' | 'execution:resumed'> {
  const base = { eventId: `${type}/${unique()}`, timestamp: 1, ...run }
  return type === 'execution:waiting' ? { ...base, type, requestIds: [] } : { ...base, type }
}

export function runCompleted(
  run: ListedRun,
  outputs: Record<string, unknown> = {},
): EventDraftOf<'execution:completed'> {
  const end = { status: 'completed', outputs, duration: 5 } as const
  return { type: 'execution:completed', eventId: `completed/${unique()}`, timestamp: 2, ...run, ...end }
}

const place = { nodeId: 'ask', nodePath: 'ask', iteration: 1 }

export function questionAsked(
  run: ListedRun,
  requestId: string,
  { inputType = 'approval' as 'approval' | 'text', prompt = 'Is this right?' } = {},
): EventDraftOf<'user:input:required'> {
  const eventId = `required/${unique()}`
  const question = { requestId, nodeName: 'Ask', workflowName: 'Flow', prompt, inputType, validation: {} }
  return { type: 'user:input:required', eventId, timestamp: 1, ...run, ...place, ...question }
}

export function questionAnswered(
  run: ListedRun,
  requestId: string,
  response: Record<string, unknown>,
): EventDraftOf<'user:input:received'> {
  const answer = { response, answeredBy: { userId: 'ada', name: 'Ada' }, answeredAt: 2 }
  return {
    type: 'user:input:received',
    eventId: `received/${unique()}`,
    timestamp: 2,
    ...run,
    ...place,
    requestId,
    inputType: 'choice' in response ? 'approval' : 'text',
    ...answer,
  }
}

export function questionExpired(run: ListedRun, requestId: string): EventDraftOf<'user:input:expired'> {
  const eventId = `expired/${unique()}`
  return { type: 'user:input:expired', eventId, timestamp: 2, ...run, ...place, requestId, inputType: 'approval' }
}

/** With the identity that the interpreter gives it. */
export function questionWithdrawn(run: ListedRun, requestId: string): EventDraftOf<'user:input:withdrawn'> {
  const type = 'user:input:withdrawn'
  const eventId = `${place.nodePath}/${type}/-/-`
  return { type, eventId, timestamp: 2, ...run, ...place, requestId, inputType: 'approval', reason: 'Not needed' }
}
