import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import { ConnectionInfo, furthestBehind } from '../websocket/connections/connection-info.ts'
import { DeliveryFigures } from '../websocket/delivery-figures.ts'
import type { WebSocketManager } from '../websocket/websocket-manager.ts'

/** Connections that one answer names: a screen or two, whatever the load. `connectionCount` says how many there are. */
const namedConnectionsMax = 100

const LiveStats = DeliveryFigures.extend({
  connections: z
    .array(ConnectionInfo)
    .max(namedConnectionsMax)
    .describe(`Those of the ${namedConnectionsMax} that are furthest behind, the furthest first.`),
})

/** What this process delivers right now, and to whom. */
export function registerLiveStatsRoute(
  app: ApiInstance,
  manager: Pick<WebSocketManager, 'stats' | 'connections'>,
): void {
  app.get(
    '/api/ws/stats',
    { config: { access: 'seeDelivery' }, schema: { tags: ['delivery'], response: { 200: LiveStats } } },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return { ...manager.stats(), connections: furthestBehind(manager.connections(), namedConnectionsMax) }
    },
  )
}
