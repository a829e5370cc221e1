import type { WebSocketSettings } from '../websocket-settings.ts'
import type { Connection } from './connection.ts'

/** Tells a socket who it is here, what it was granted and how often to expect a sign of life. */
export function greet(connection: Connection, { heartbeatIntervalMs }: WebSocketSettings): void {
  const { id, identity, origin, openedAt } = connection
  connection.send({
    type: 'connected',
    timestamp: openedAt,
    connectionId: id,
    message: 'Connected to Millrace. Send subscribe to follow an execution or a channel.',
    userId: identity.userId,
    heartbeatIntervalMs,
    tokenExpiresAt: identity.expiresAt,
    capabilities: [...(origin.capabilities ?? [])],
  })
}
