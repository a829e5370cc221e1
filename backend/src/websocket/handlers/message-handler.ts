import type { z } from 'zod'
import type { Connection } from '../connections/connection.ts'
import type { Authenticate } from '../identity.ts'
import type { PresenceBoard } from '../presence/presence-board.ts'
import type { SubscribeDeps } from '../subscribe.ts'

/** How one type of message is read and answered. What `handle` throws is answered as an `error` with the message's id. */
export interface MessageHandler<Message> {
  schema: z.ZodType<Message>
  handle: (connection: Connection, message: Message) => Promise<void> | void
}

/** What the handlers of delivery itself stand on; those that need commands get theirs from compose. */
export interface MessageHandlerDeps extends SubscribeDeps {
  authenticate: Authenticate
  presence: PresenceBoard
}

/** The id of a message as its answer carries it. */
export function withId(id: string | number | undefined): { id?: string | number } {
  return id === undefined ? {} : { id }
}
