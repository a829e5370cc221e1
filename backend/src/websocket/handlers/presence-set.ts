import { AppError } from '@millrace/shared/errors/app-error'
import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import type { MessageHandler, MessageHandlerDeps } from './message-handler.ts'

/** Only for what the connection watches; everything else is answered as if it were not there. */
export function handlePresenceSet({ presence }: MessageHandlerDeps): MessageHandler<ClientMessageOf<'presence:set'>> {
  return {
    schema: clientMessages['presence:set'],
    handle(connection, { executionId, state }) {
      const isWatching = connection.identity.kind !== 'share' && presence.setState(connection, executionId, state)
      if (!isWatching) throw new AppError('EXECUTION_NOT_FOUND', { executionId })
    },
  }
}
