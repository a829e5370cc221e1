import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import { type MessageHandler, withId } from './message-handler.ts'

export function handlePing(): MessageHandler<ClientMessageOf<'ping'>> {
  return {
    schema: clientMessages.ping,
    handle: (connection, { id }) => connection.send({ type: 'pong', timestamp: Date.now(), ...withId(id) }),
  }
}
