import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import { subscribe } from '../subscribe.ts'
import type { MessageHandler, MessageHandlerDeps } from './message-handler.ts'

/** Moves the cursor of the connection's subscription, or opens one there. */
export function handleReplay(deps: MessageHandlerDeps): MessageHandler<ClientMessageOf<'replay'>> {
  return {
    schema: clientMessages.replay,
    async handle(connection, { type: _type, ...place }) {
      await subscribe(deps, connection, { type: 'subscribe', ...place })
      deps.presence.look(connection)
    },
  }
}
