import type { WorkflowEventType } from '@millrace/shared/events'
import { z } from 'zod'
import type { AnnouncedEvent } from './event-bus.ts'
import type { StoredEvent } from './event-reader.ts'

/** A larger payload stays in the log: most are tokens and states of a few hundred characters. */
const payloadCharactersMax = 8 * 1024
/** Where a message ends and the next one begins, in characters: bounds what a slow reader keeps Redis holding. */
const messageCharactersMax = 128 * 1024

const Announced = z.object({
  topic: z.string().min(1).max(500),
  epoch: z.string().max(100),
  seq: z.int().min(1),
  eventId: z.string(),
  /** Not checked: a process of a newer version may know more types, and readers pass them on as they are. */
  type: z.string().transform((type) => type as WorkflowEventType),
  payload: z.string().nullable(),
  committedAt: z.number().optional(),
})

const Message = z.object({ from: z.string(), events: z.array(Announced) })

/** Messages that tell of events of one channel, in their order. `from` names the process that stored them. */
export function encodeBusMessages(
  from: string,
  events: readonly StoredEvent[],
): { message: string; eventCount: number }[] {
  const messages: { message: string; eventCount: number }[] = []
  let waiting: object[] = []
  let characters = 0
  const end = () => {
    if (waiting.length > 0)
      messages.push({ message: JSON.stringify({ from, events: waiting }), eventCount: waiting.length })
    waiting = []
    characters = 0
  }
  for (const event of events) {
    const payload = event.payload.length <= payloadCharactersMax ? event.payload : null
    waiting.push({ ...event, payload })
    characters += payload?.length ?? 0
    if (characters >= messageCharactersMax) end()
  }
  end()
  return messages
}

/** Null: not a message of ours. Anybody who reaches that Redis can write there. */
export function decodeBusMessage(text: string): { from: string; events: AnnouncedEvent[] } | null {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = Message.safeParse(json)
  if (!parsed.success) return null
  const events = parsed.data.events.map(
    ({ topic, epoch, seq, eventId, type, payload, committedAt }): AnnouncedEvent => {
      if (payload === null) return { topic, epoch, seq, payload }
      const event = { topic, epoch, seq, eventId, type, payload }
      return committedAt === undefined ? event : { ...event, committedAt }
    },
  )
  return { from: parsed.data.from, events }
}
