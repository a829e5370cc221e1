import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import { subscribe } from '../subscribe.ts'
import type { MessageHandler, MessageHandlerDeps } from './message-handler.ts'

export function handleSubscribe(deps: MessageHandlerDeps): MessageHandler<ClientMessageOf<'subscribe'>> {
  return {
    schema: clientMessages.subscribe,
    handle: (connection, message) => subscribe(deps, connection, message),
  }
}
