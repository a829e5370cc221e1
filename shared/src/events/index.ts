import { z } from 'zod'
import type { EventTraits } from './envelope.ts'
import { executionEvents } from './execution.ts'
import { hookEvents } from './hook.ts'
import { kbEvents } from './kb.ts'
import { nodeEvents } from './node.ts'
import { noticeEvents } from './notice.ts'
import { userInputEvents } from './user-input.ts'
import { variableEvents } from './variable.ts'

/** Every event type, family by family: schemas, docs table and types derive from this list. */
export const eventDefinitions = [
  ...executionEvents,
  ...nodeEvents,
  ...variableEvents,
  ...userInputEvents,
  ...kbEvents,
  ...noticeEvents,
  ...hookEvents,
] as const

type Definition = (typeof eventDefinitions)[number]

export type WorkflowEventType = Definition['type']

/** An event as emitted: not yet stored, so without `seq`. */
export type EventDraft = z.output<Definition['schema']>

export type EventDraftOf<Type extends WorkflowEventType> = Extract<EventDraft, { type: Type }>

/**
 * An event as stored and sent. `seq` counts in the topic it was read from, gapless from 1. Events of
 * workspace and user topics carry `topic`, for their numbers are others than those of the execution's topic.
 * `workspaceId` is where an event of a user topic comes from; in channels it is part of the channel's name.
 * `count` > 1: `count` merged events that end at `seq`; contiguity is `seq - count === last seen`.
 */
export type WorkflowEvent = EventDraft & { seq: number; topic?: string; workspaceId?: string; count?: number }

export type WorkflowEventOf<Type extends WorkflowEventType> = Extract<WorkflowEvent, { type: Type }>

export const eventTraits = Object.fromEntries(eventDefinitions.map(({ type, traits }) => [type, traits])) as Record<
  WorkflowEventType,
  EventTraits
>

export const eventSchemas = Object.fromEntries(
  eventDefinitions.map(({ type, schema }) => [type, schema]),
) as unknown as {
  [Type in WorkflowEventType]: z.ZodType<EventDraftOf<Type>>
}

export function isEventType(type: string): type is WorkflowEventType {
  return Object.hasOwn(eventTraits, type)
}

/** Validates a draft against the schema of its type. Unknown fields are dropped. Throws ZodError. */
export function parseEventDraft(value: { type: string }): EventDraft {
  if (!isEventType(value.type))
    throw new z.ZodError([
      { code: 'custom', path: ['type'], message: `Unknown event type ${value.type}`, input: value.type },
    ])
  return eventSchemas[value.type].parse(value) as EventDraft
}

export function isTerminalEvent(event: { type: string }): boolean {
  return isEventType(event.type) && eventTraits[event.type].terminal === true
}
