import type { Prompt } from '../api/prompts.ts'
import type { WorkflowEventOf } from '../events/index.ts'
import type { ApprovalEvent } from '../protocol/approval-events.ts'

type Asking =
  | Omit<WorkflowEventOf<'user:input:required'>, 'type'>
  | Extract<ApprovalEvent, { type: 'approval:required' }>

/** The row of a question that was just asked, as the HTTP API lists it. */
export function promptRowOf(asked: Asking): Prompt {
  const { requestId, executionId, workflowId, workflowName, nodeId, nodeName, iteration } = asked
  const { prompt, body, inputType, validation, choices, fields, timestamp, deadline } = asked
  return {
    requestId,
    executionId,
    workflowId: workflowId ?? '',
    workflowName,
    nodeId,
    nodeName,
    iteration,
    status: 'open',
    prompt,
    ...(body === undefined ? {} : { body }),
    inputType,
    validation,
    ...(choices === undefined ? {} : { choices }),
    ...(fields === undefined ? {} : { fields }),
    requestedAt: timestamp,
    ...(deadline === undefined ? {} : { deadline }),
  }
}

/** The row of an open question after a reminder. */
export function remindedRow(row: Prompt, { number, timestamp }: { number: number; timestamp: number }): Prompt {
  return { ...row, reminderCount: number, remindedAt: timestamp }
}
