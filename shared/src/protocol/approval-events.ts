import type { WorkflowEvent, WorkflowEventOf } from '../events/index.ts'

type Closing = WorkflowEventOf<'user:input:expired' | 'user:input:withdrawn'>
type As<Event, Type extends string> = Omit<Event, 'type'> & { type: Type }

/** A question with inputType approval, as the channel `approvals` tells it: same `seq` and `topic`, other words. */
export type ApprovalEvent =
  | As<WorkflowEventOf<'user:input:required'>, 'approval:required'>
  | As<WorkflowEventOf<'user:input:received'>, 'approval:granted' | 'approval:denied'>
  | As<WorkflowEventOf<'user:input:reminder'>, 'approval:reminder'>
  /** Closed without a decision; `reason` where it was withdrawn. */
  | (As<Closing, 'approval:expired'> & { reason?: string })

export type ApprovalEventType = ApprovalEvent['type']

/** Id of the choice that grants; every other answer denies. */
const grantingChoice = 'approve'

export function isApproval(event: WorkflowEvent): boolean {
  return event.type.startsWith('user:input:') && 'inputType' in event && event.inputType === 'approval'
}

export function isApprovalEvent(event: WorkflowEvent | ApprovalEvent): event is ApprovalEvent {
  return event.type.startsWith('approval:')
}

/** Null: the event is not about an approval. */
export function toApprovalEvent(event: WorkflowEvent): ApprovalEvent | null {
  if (!isApproval(event)) return null
  switch (event.type) {
    case 'user:input:required':
      return { ...event, type: 'approval:required' }
    case 'user:input:reminder':
      return { ...event, type: 'approval:reminder' }
    case 'user:input:received': {
      const isGranted = event.response['choice'] === grantingChoice
      return { ...event, type: isGranted ? 'approval:granted' : 'approval:denied' }
    }
    case 'user:input:expired':
    case 'user:input:withdrawn':
      return { ...event, type: 'approval:expired' }
    default:
      return null
  }
}
