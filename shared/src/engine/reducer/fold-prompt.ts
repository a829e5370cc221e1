import type { WorkflowEventOf } from '../../events/index.ts'
import type { PromptView } from '../execution-view.ts'

type ClosingEvent = WorkflowEventOf<'user:input:received' | 'user:input:expired' | 'user:input:withdrawn'>

export function openPrompt(event: WorkflowEventOf<'user:input:required'>): PromptView {
  const { requestId, nodeId, nodePath, nodeName, iteration, prompt, inputType, validation } = event
  return {
    requestId,
    nodeId,
    nodePath,
    nodeName,
    iteration,
    prompt,
    body: event.body ?? null,
    inputType,
    validation,
    choices: event.choices ?? null,
    fields: event.fields ?? null,
    requestedAt: event.timestamp,
    deadline: event.deadline ?? null,
    reminderCount: 0,
    remindedAt: null,
    status: 'open',
    response: null,
    answeredBy: null,
    answeredAt: null,
  }
}

/** A reminder that comes after the end says nothing any more. */
export function remindPrompt(prompt: PromptView, event: WorkflowEventOf<'user:input:reminder'>): PromptView {
  if (prompt.status !== 'open') return prompt
  return { ...prompt, reminderCount: event.number, remindedAt: event.timestamp }
}

/** The first closing counts. */
export function closePrompt(prompt: PromptView, event: ClosingEvent): PromptView {
  if (prompt.status !== 'open') return prompt
  if (event.type === 'user:input:expired') return { ...prompt, status: 'expired' }
  if (event.type === 'user:input:withdrawn') return { ...prompt, status: 'withdrawn' }
  return {
    ...prompt,
    status: 'answered',
    response: event.response,
    answeredBy: event.answeredBy,
    answeredAt: event.answeredAt,
  }
}
