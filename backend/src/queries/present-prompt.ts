import type { Prompt } from '@millrace/shared/api/prompts'
import type { EventDraftOf } from '@millrace/shared/events'
import type { Answerer } from '@millrace/shared/events/user-input'
import type { PromptRow } from '../repositories/prompts.ts'

export function toPrompt(row: PromptRow): Prompt {
  const asked = row.request as EventDraftOf<'user:input:required'>
  const { requestId, executionId, workflowId, workflowName, nodeId, status, requestedAt, deadline } = row
  const { reminderCount, remindedAt } = row
  const isAnswered = status === 'answered'
  return {
    requestId,
    executionId,
    workflowId,
    workflowName,
    nodeId,
    nodeName: asked.nodeName,
    iteration: asked.iteration,
    status,
    prompt: asked.prompt,
    ...(asked.body === undefined ? {} : { body: asked.body }),
    inputType: asked.inputType,
    validation: asked.validation,
    ...(asked.choices === undefined ? {} : { choices: asked.choices }),
    ...(asked.fields === undefined ? {} : { fields: asked.fields }),
    requestedAt,
    ...(deadline === null ? {} : { deadline }),
    ...(reminderCount === null ? {} : { reminderCount }),
    ...(remindedAt === null ? {} : { remindedAt }),
    ...(isAnswered ? { response: row.response as Prompt['response'] } : {}),
    ...(isAnswered ? { answeredBy: row.answeredBy as Answerer } : {}),
    ...(isAnswered && row.closedAt !== null ? { answeredAt: row.closedAt } : {}),
  }
}
