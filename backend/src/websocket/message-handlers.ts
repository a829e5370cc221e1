import type { CommandMessageType } from '@millrace/shared/protocol/command-messages'
import type { ClientMessageOf, ClientMessageType } from '@millrace/shared/protocol/messages'
import { handleAck } from './handlers/ack.ts'
import { handleAuth } from './handlers/auth.ts'
import type { MessageHandler, MessageHandlerDeps } from './handlers/message-handler.ts'
import { handlePing } from './handlers/ping.ts'
import { handlePresenceSet } from './handlers/presence-set.ts'
import { handleReplay } from './handlers/replay.ts'
import { handleSubscribe } from './handlers/subscribe.ts'
import { handleUnsubscribe } from './handlers/unsubscribe.ts'

/**
 * One handler per message that delivery answers itself; the compiler asks for the next one. Those that need
 * commands are in live-commands/, for delivery knows none.
 */
export function createMessageHandlers(deps: MessageHandlerDeps): {
  [Type in Exclude<ClientMessageType, CommandMessageType>]: MessageHandler<ClientMessageOf<Type>>
} {
  return {
    subscribe: handleSubscribe(deps),
    unsubscribe: handleUnsubscribe(),
    auth: handleAuth(deps),
    ping: handlePing(),
    replay: handleReplay(deps),
    'presence:set': handlePresenceSet(deps),
    ack: handleAck(),
  }
}
