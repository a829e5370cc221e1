import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import { clientMessages } from '@millrace/shared/protocol/messages'
import type { LoggerPort } from '@millrace/temporal/ports'
import { nameConnectionError } from '../repositories/connection-error.ts'
import type { Connection } from './connections/connection.ts'
import type { PresenceBoard } from './presence/presence-board.ts'
import { type SubscribeDeps, subscribe } from './subscribe.ts'
import { errorMessageOf } from './subscriptions/topic-request.ts'

/** What an address says to follow, as it was written there. */
export interface AddressedExecution {
  executionId: string
  since?: number | undefined
  epoch?: string | undefined
}

export interface FollowByAddressDeps extends SubscribeDeps {
  presence: PresenceBoard
  logger: LoggerPort
}

/** See `WebSocketManager.follow`. Never rejects. */
export async function followByAddress(
  deps: FollowByAddressDeps,
  connection: Connection,
  request: AddressedExecution,
): Promise<void> {
  try {
    const message = clientMessages.subscribe.safeParse({ type: 'subscribe', ...request })
    if (!message.success) throw new AppError('INVALID_INPUT', { in: 'address' })
    await subscribe(deps, connection, message.data)
    deps.presence.look(connection)
  } catch (thrown) {
    const error = nameConnectionError(thrown)
    if (errorCodeOf(error) === null) {
      deps.logger.error({ tag: 'stream-failed', connectionId: connection.id, err: error }, 'Could not follow')
    }
    connection.send(errorMessageOf(error, {}, { executionId: request.executionId }))
    const code = errorCodeOf(error) ?? 'INTERNAL'
    // A stream ends by itself when it follows nothing; a socket that named a run in its address has no other purpose.
    if (connection.wire.isTwoWay) connection.close(errorCatalogue[code].wsCloseCode ?? closeCodes.policy, code)
    else connection.wake()
  }
}
