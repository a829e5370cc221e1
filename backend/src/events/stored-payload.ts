import type { EventDraft } from '@millrace/shared/events'

/**
 * The event's JSON with its number, built from the draft's text so that an event in several topics is
 * serialised once. Events outside their execution's topic carry the topic: their numbers are others.
 */
export function payloadOf(draftJson: string, topic: string, seq: number): string {
  const tail = topic.startsWith('execution:') ? `,"seq":${seq}}` : `,"seq":${seq},"topic":${JSON.stringify(topic)}}`
  return draftJson.slice(0, -1) + tail
}

/** `type`, `executionId` and the rest: people read frames from the left. */
export function draftJsonOf(draft: EventDraft): string {
  const { type, ...rest } = draft
  return JSON.stringify({ type, ...rest })
}
