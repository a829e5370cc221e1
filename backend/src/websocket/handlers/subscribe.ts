import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import { subscribe } from '../subscribe.ts'
import type { MessageHandler, MessageHandlerDeps } from './message-handler.ts'

export function handleSubscribe(deps: MessageHandlerDeps): MessageHandler<ClientMessageOf<'subscribe'>> {
  return {
    schema: clientMessages.subscribe,
    async handle(connection, message) {
      await subscribe(deps, connection, message)
      deps.presence.look(connection)
    },
  }
}
