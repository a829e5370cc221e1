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
  const { settings, connections, counters, mergedSlices } = parts
  if (!connections.admit(transport, identity, origin)) return null
  const connection: Connection = new Connection(transport, identity, origin, {
    settings,
    now: Date.now(),
    wire,
    hooks: {
      wake: (woken) => parts.pump.wake(woken),
      fetch: (fetching, subscription, missing) => parts.fetcher.fetch(fetching, subscription, missing),
      release: (subscription) => {
        parts.presence.release(connection, subscription)
        if (subscription.topic !== null) parts.topics.leave(subscription.topic, subscription, Date.now())
      },
      counters,
      mergedSlices,
      isHeld: () => parts.lease.isHeld,
      reportViolation: (violated, ring) => parts.faults.handleViolation(violated, ring),
    },
  })
  connections.add(connection)
  if (!wire.isTwoWay) return connection
  greet(connection, settings)
  void parts.ownTopics.follow(connection)
  return connection
}
