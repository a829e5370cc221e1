import type { EventDraft } from '@millrace/shared/events'
import { toJsonb } from '../repositories/to-jsonb.ts'

/**
 * The event's JSON with its number, built from the draft's text so that an event in several topics is
 * serialised once. Events outside their execution's topic carry the topic: their numbers are others. In a person's
 * topic they carry the workspace they come from, for a person may leave it.
 */
export function payloadOf(
  draftJson: string,
  { topic, seq, workspaceId }: { topic: string; seq: number; workspaceId: string },
): string {
  const numbered = `${draftJson.slice(0, -1)},"seq":${seq}`
  if (topic.startsWith('execution:')) return `${numbered}}`
  const origin = topic.startsWith('user:') ? `,"workspaceId":${JSON.stringify(workspaceId)}` : ''
  return `${numbered},"topic":${JSON.stringify(topic)}${origin}}`
}

/** `type`, `executionId` and the rest: people read frames from the left. The database must be able to look into it. */
export function draftJsonOf(draft: EventDraft): string {
  const { type, ...rest } = draft
  return toJsonb({ type, ...rest })
}
