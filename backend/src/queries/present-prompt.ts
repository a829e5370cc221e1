import type { OpenedPromptLink } from '@millrace/shared/api/prompt-links'
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

/** What the holder of a link to answer sees of its question: nothing of the rest of the run, and of an answer not its words. */
export function toOpenedPromptLink({
  prompt,
  link,
  makerName,
}: {
  prompt: PromptRow
  link: { expiresAt: number }
  makerName: string
}): OpenedPromptLink {
  const shown = toPrompt(prompt)
  const { requestId, workflowName, status, inputType, requestedAt, body, choices, fields, deadline } = shown
  return {
    requestId,
    workflowName,
    sharedByName: makerName,
    expiresAt: link.expiresAt,
    status,
    prompt: shown.prompt,
    ...(body === undefined ? {} : { body }),
    inputType,
    ...(choices === undefined ? {} : { choices }),
    ...(fields === undefined ? {} : { fields }),
    requestedAt,
    ...(deadline === undefined ? {} : { deadline }),
    ...(shown.answeredBy === undefined ? {} : { answeredByName: shown.answeredBy.name }),
    ...(shown.answeredAt === undefined ? {} : { answeredAt: shown.answeredAt }),
  }
}
