import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import { addressOf, requestOf, subscriptionKey } from '../subscriptions/topic-request.ts'
import { type MessageHandler, withId } from './message-handler.ts'

/** Confirmed also when there was nothing to end: what the client wants is so. */
export function handleUnsubscribe(): MessageHandler<ClientMessageOf<'unsubscribe'>> {
  return {
    schema: clientMessages.unsubscribe,
    handle(connection, message) {
      const request = requestOf(message)
      connection.held.dropNamed(subscriptionKey(request))
      connection.send({ type: 'unsubscribed', timestamp: Date.now(), ...withId(message.id), ...addressOf(request) })
    },
  }
}
