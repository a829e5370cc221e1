import { AppError } from '@millrace/shared/errors/app-error'
import { deliveryMessages } from '@millrace/shared/protocol/delivery-messages'
import type { ClientMessageOf } from '@millrace/shared/protocol/messages'
import { requestOf, subscriptionKey } from '../subscriptions/topic-request.ts'
import type { MessageHandler } from './message-handler.ts'

/**
 * Notes what has arrived. It moves no cursor: what names nothing that is followed, goes backwards or beyond what was
 * sent changes nothing, for it may as well be an honest word that crossed a resync on its way. Throws INVALID_INPUT
 * on a connection that was not granted `ack`.
 */
export function handleAck(): MessageHandler<ClientMessageOf<'ack'>> {
  return {
    schema: deliveryMessages.ack,
    handle(connection, message) {
      if (!connection.acknowledges) throw new AppError('INVALID_INPUT', { problems: ['ack was not granted'] })
      const subscription = connection.subscriptions.get(subscriptionKey(requestOf(message)))
      if (subscription === undefined || subscription.state !== 'streaming') return
      const { marks, cursor } = subscription
      if (marks === null || message.seq > cursor) return
      const before = marks.unackedBytes
      marks.acknowledge(message.seq)
      // However slow its network is, bytes do arrive.
      if (marks.unackedBytes < before) connection.unackedSince = null
    },
  }
}
