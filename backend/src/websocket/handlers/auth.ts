import { AppError } from '@millrace/shared/errors/app-error'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import { dropUnreadable } from '../connections/apply-memberships.ts'
import type { Connection } from '../connections/connection.ts'
import { type MessageHandler, type MessageHandlerDeps, withId } from './message-handler.ts'

export function handleAuth(deps: MessageHandlerDeps): MessageHandler<ClientMessageOf<'auth'>> {
  return {
    schema: clientMessages.auth,
    handle: (connection, message) => refreshIdentity(deps, connection, message),
  }
}

/** A token that is refused leaves the connection as it was: the old one is good until it expires. */
async function refreshIdentity(
  { authenticate }: MessageHandlerDeps,
  connection: Connection,
  { id, token }: ClientMessageOf<'auth'>,
): Promise<void> {
  const identity = await authenticate({ token })
  if (connection.state !== 'live') return
  const { kind, userId, workspaces } = connection.identity
  if (identity.kind !== kind || identity.userId !== userId) {
    // What has been sent so far was somebody else's; nothing may be mixed.
    connection.close(closeCodes.forbidden, 'FORBIDDEN')
    return
  }
  if (identity.expiresAt === null) throw new AppError('INVALID_TOKEN')
  connection.identity = identity
  // Rights may have gone with the new token; whoever may not read any more is told as if it were not there.
  dropUnreadable(connection, workspaces)
  connection.send({ type: 'authenticated', timestamp: Date.now(), ...withId(id), tokenExpiresAt: identity.expiresAt })
  connection.wake()
}
