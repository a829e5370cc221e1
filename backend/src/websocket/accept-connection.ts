import { Connection } from './connections/connection.ts'
import type { ConnectionOrigin } from './connections/connection-origin.ts'
import { greet } from './connections/greet.ts'
import type { DeliveryParts } from './delivery-parts.ts'
import type { Identity } from './identity.ts'
import type { Transport } from './wires/transport.ts'
import type { Wire } from './wires/wire.ts'

export interface Arrival {
  transport: Transport
  identity: Identity
  origin: ConnectionOrigin
  wire: Wire
}

/** See `WebSocketManager.accept`. */
export function acceptConnection(parts: DeliveryParts, { transport, identity, origin, wire }: Arrival) {
  const { settings, connections, hooks } = parts
  if (!connections.admit(transport, identity, origin)) return null
  const connection = new Connection(transport, identity, origin, {
    settings,
    now: Date.now(),
    wire,
    hooks,
  })
  connections.add(connection)
  if (!wire.isTwoWay) return connection
  greet(connection, settings)
  void parts.ownTopics.follow(connection)
  return connection
}
