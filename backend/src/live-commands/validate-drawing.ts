import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import { type MessageHandler, withId } from '../websocket/handlers/message-handler.ts'
import { requireSomewhere } from './caller-of-message.ts'
import type { LiveCommandDeps } from './live-command-deps.ts'

/** The same as `POST /api/workflows/validate`. */
export function validateDrawing({
  rates,
  drawingChecks,
}: Pick<LiveCommandDeps, 'rates' | 'drawingChecks'>): MessageHandler<ClientMessageOf<'workflow:validate'>> {
  return {
    schema: clientMessages['workflow:validate'],
    async handle(connection, { id, definition }) {
      requireSomewhere(connection.identity, 'read')
      await rates.take(connection.identity)
      const result = drawingChecks.check(connection.identity, definition)
      connection.send({ type: 'workflow:validated', timestamp: Date.now(), ...withId(id), ...result })
    },
  }
}
