import type { ClientMessageOf, ClientMessageType } from '@millrace/shared/protocol/messages'
import { handleAuth } from './handlers/auth.ts'
import type { MessageHandler, MessageHandlerDeps } from './handlers/message-handler.ts'
import { handlePing } from './handlers/ping.ts'
import { handleSubscribe } from './handlers/subscribe.ts'
import { handleUnsubscribe } from './handlers/unsubscribe.ts'

/** One handler per message of the protocol; the compiler asks for the next one. */
export function createMessageHandlers(deps: MessageHandlerDeps): {
  [Type in ClientMessageType]: MessageHandler<ClientMessageOf<Type>>
} {
  return {
    subscribe: handleSubscribe(deps),
    unsubscribe: handleUnsubscribe(),
    auth: handleAuth(deps),
    ping: handlePing(),
  }
}
