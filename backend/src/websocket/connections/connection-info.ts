import type { Identity } from '../identity.ts'
import type { Connection } from './connection.ts'

/** A connection as the stats page shows it. Times in epoch milliseconds. */
export interface ConnectionInfo {
  connectionId: string
  userId: string
  kind: Identity['kind']
  openedAt: number
  address: string
  userAgent: string | null
  subscriptionCount: number
  unsentBytes: number
  eventsSentCount: number
}

export function connectionInfoOf(connection: Connection): ConnectionInfo {
  return {
    connectionId: connection.id,
    userId: connection.identity.userId,
    kind: connection.identity.kind,
    openedAt: connection.openedAt,
    address: connection.origin.address,
    userAgent: connection.origin.userAgent,
    subscriptionCount: connection.subscriptionCount,
    unsentBytes: connection.waitingBytes + connection.transport.bufferedBytes,
    eventsSentCount: connection.eventsSentCount,
  }
}

/** What all connections hold together, and how far they are behind the heads of their topics. */
export function connectionSums(connections: Iterable<Connection>) {
  const sums = {
    connectionCount: 0,
    subscriptionCount: 0,
    unsentBytes: 0,
    unackedBytes: 0,
    lagEvents: 0,
    lagEventsMax: 0,
  }
  for (const connection of connections) {
    const { subscriptionCount, unsentBytes } = connectionInfoOf(connection)
    sums.connectionCount += 1
    sums.subscriptionCount += subscriptionCount
    sums.unsentBytes += unsentBytes
    sums.unackedBytes += connection.unackedBytes
    for (const { lagEvents } of connection.subscriptions.values()) {
      sums.lagEvents += lagEvents
      sums.lagEventsMax = Math.max(sums.lagEventsMax, lagEvents)
    }
  }
  return sums
}
