import { InvariantError } from '@millrace/shared/errors/app-error'
import type { EventDraft } from '@millrace/shared/events'
import { eventTraits } from '@millrace/shared/events'
import type { TopicKind } from '@millrace/shared/events/envelope'
import type { EventOwner } from '@millrace/temporal/ports'

export function executionTopic(executionId: string): string {
  return `execution:${executionId}`
}

/** Null for topics of another kind. */
export function executionIdOfTopic(topic: string): string | null {
  return topic.startsWith('execution:') ? topic.slice('execution:'.length) : null
}

export function workspaceTopic(workspaceId: string): string {
  return `workspace:${workspaceId}`
}

export function userTopic(userId: string): string {
  return `user:${userId}`
}

/** The topics an event lives in, by its schema; the execution's first. */
export function topicsOf(owner: EventOwner, draft: EventDraft): string[] {
  return eventTraits[draft.type].topics.map((kind) => topicOf(kind, owner, draft))
}

function topicOf(kind: TopicKind, owner: EventOwner, draft: EventDraft): string {
  if (kind === 'workspace') return workspaceTopic(owner.workspaceId)
  if (kind === 'user') return userTopic(owner.userId)
  if (!('executionId' in draft)) throw new InvariantError(`${draft.type} has no execution`)
  return executionTopic(draft.executionId)
}

/** Identity within a topic. Topics of many executions need the execution in it. */
export function eventIdIn(topic: string, draft: EventDraft): string {
  return 'executionId' in draft && !topic.startsWith('execution:')
    ? `${draft.executionId}:${draft.eventId}`
    : draft.eventId
}
