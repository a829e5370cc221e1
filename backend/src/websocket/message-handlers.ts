import { AppError } from '@millrace/shared/errors/app-error'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import { type ClientMessageOf, type ClientMessageType, clientMessages } from '@millrace/shared/protocol/messages'
import type { z } from 'zod'
import type { Connection } from './connection.ts'
import type { Authenticate } from './identity.ts'
import { requestOf, type SubscribeDeps, subscribe, subscriptionKey } from './subscribe.ts'

/** How one type of message is read and answered. What `handle` throws is answered as an `error` with the message's id. */
export interface MessageHandler<Message> {
  schema: z.ZodType<Message>
  handle: (connection: Connection, message: Message) => Promise<void> | void
}

export interface MessageHandlerDeps extends SubscribeDeps {
  authenticate: Authenticate
}

/** One handler per message of the protocol; the compiler asks for the next one. */
export function createMessageHandlers(deps: MessageHandlerDeps): {
  [Type in ClientMessageType]: MessageHandler<ClientMessageOf<Type>>
} {
  return {
    subscribe: {
      schema: clientMessages.subscribe,
      handle: (connection, message) => subscribe(deps, connection, message),
    },
    unsubscribe: { schema: clientMessages.unsubscribe, handle: unsubscribe },
    auth: { schema: clientMessages.auth, handle: (connection, message) => refreshIdentity(deps, connection, message) },
    ping: {
      schema: clientMessages.ping,
      handle: (connection, { id }) => connection.send({ type: 'pong', timestamp: Date.now(), ...withId(id) }),
    },
  }
}

/** Confirmed also when there was nothing to end: what the client wants is so. */
function unsubscribe(connection: Connection, message: ClientMessageOf<'unsubscribe'>): void {
  const request = requestOf(message)
  const subscription = connection.subscriptions.get(subscriptionKey(request))
  if (subscription !== undefined) connection.dropSubscription(subscription)
  connection.send({ type: 'unsubscribed', timestamp: Date.now(), ...withId(message.id), ...request })
}

/** A token that is refused leaves the connection as it was: the old one is good until it expires. */
async function refreshIdentity(
  { authenticate }: MessageHandlerDeps,
  connection: Connection,
  { id, token }: ClientMessageOf<'auth'>,
): Promise<void> {
  const identity = await authenticate({ token })
  if (connection.state !== 'live') return
  const { kind, userId } = connection.identity
  if (identity.kind !== kind || identity.userId !== userId) {
    // What has been sent so far was somebody else's; nothing may be mixed.
    connection.close(closeCodes.forbidden, 'FORBIDDEN')
    return
  }
  if (identity.expiresAt === null) throw new AppError('INVALID_TOKEN')
  connection.identity = identity
  // Rights may have gone with the new token; whoever may not read any more is told as if it were not there.
  for (const subscription of connection.subscriptions.values()) {
    const ring = subscription.topic?.ring
    if (ring === undefined || connection.mayRead(ring)) continue
    connection.dropSubscription(subscription)
    const code = subscription.target.kind === 'execution' ? 'EXECUTION_NOT_FOUND' : 'CHANNEL_NOT_FOUND'
    const { message } = new AppError(code)
    connection.send({ type: 'error', timestamp: Date.now(), ...subscription.address, code, message })
  }
  connection.send({ type: 'authenticated', timestamp: Date.now(), ...withId(id), tokenExpiresAt: identity.expiresAt })
  connection.wake()
}

function withId(id: string | number | undefined): { id?: string | number } {
  return id === undefined ? {} : { id }
}
