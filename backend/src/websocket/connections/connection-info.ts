import { z } from 'zod'
import type { DeliveryFigures } from '../delivery-figures.ts'
import type { Connection } from './connection.ts'

const Count = z.int().min(0)
const EpochMs = z.int().describe('Epoch milliseconds.')

/** A connection as an operator is shown it. */
export const ConnectionInfo = z.object({
  connectionId: z.string(),
  userId: z.string().describe('Of an API key the user who made it; guests of a share link are `share:` and its id.'),
  userName: z.string(),
  kind: z.enum(['user', 'apiKey', 'share']).describe('How it is known who they are.'),
  client: z
    .enum(['browser', 'program', 'stream'])
    .describe('A socket of a web page or of a program; or an HTTP stream.'),
  address: z.string().describe('Network address, as far as proxies are trusted.'),
  userAgent: z.string().nullable(),
  openedAt: EpochMs,
  subscriptionCount: Count.describe('Executions and channels it follows.'),
  lagEvents: Count.describe('Events between it and the heads of its topics, together.'),
  blockedSince: EpochMs.nullable().describe('Since when it takes nothing; null: it does.'),
  unsentBytes: Count.describe('Bytes that wait for it here.'),
  unackedBytes: Count.describe('Bytes sent that it has not acknowledged; 0 for who does not acknowledge.'),
  eventsSentCount: Count.describe('Events written to it.'),
})
export type ConnectionInfo = z.infer<typeof ConnectionInfo>

export function connectionInfoOf(connection: Connection): ConnectionInfo {
  const { identity, origin } = connection
  return {
    connectionId: connection.id,
    userId: identity.userId,
    userName: identity.name,
    kind: identity.kind,
    client: clientOf(connection),
    address: origin.address,
    userAgent: origin.userAgent,
    openedAt: connection.openedAt,
    subscriptionCount: connection.subscriptionCount,
    lagEvents: lagOf(connection).lagEvents,
    blockedSince: connection.blockedSince,
    unsentBytes: unsentBytesOf(connection),
    unackedBytes: connection.held.unackedBytes,
    eventsSentCount: connection.eventsSentCount,
  }
}

/** The readers that are furthest behind, at most so many: those who hold an operator's attention. */
export function furthestBehind(connections: readonly ConnectionInfo[], countMax: number): ConnectionInfo[] {
  return connections
    .toSorted((a, b) => b.lagEvents - a.lagEvents || b.unsentBytes - a.unsentBytes || a.openedAt - b.openedAt)
    .slice(0, countMax)
}

type ConnectionSums = Pick<
  DeliveryFigures,
  'connectionCount' | 'subscriptionCount' | 'unsentBytes' | 'unackedBytes' | 'lagEvents' | 'lagEventsMax'
>

/** What all connections hold together, and how far they are behind the heads of their topics. */
export function connectionSums(connections: Iterable<Connection>): ConnectionSums {
  const sums = {
    connectionCount: 0,
    subscriptionCount: 0,
    unsentBytes: 0,
    unackedBytes: 0,
    lagEvents: 0,
    lagEventsMax: 0,
  }
  for (const connection of connections) {
    const { lagEvents, lagEventsMax } = lagOf(connection)
    sums.connectionCount += 1
    sums.subscriptionCount += connection.subscriptionCount
    sums.unsentBytes += unsentBytesOf(connection)
    sums.unackedBytes += connection.held.unackedBytes
    sums.lagEvents += lagEvents
    sums.lagEventsMax = Math.max(sums.lagEventsMax, lagEventsMax)
  }
  return sums
}

function lagOf({ subscriptions }: Connection): { lagEvents: number; lagEventsMax: number } {
  let lagEvents = 0
  let lagEventsMax = 0
  for (const subscription of subscriptions.values()) {
    lagEvents += subscription.lagEvents
    lagEventsMax = Math.max(lagEventsMax, subscription.lagEvents)
  }
  return { lagEvents, lagEventsMax }
}

function unsentBytesOf({ waitingBytes, transport }: Connection): number {
  return waitingBytes + transport.bufferedBytes
}

/** Every browser says that it is a Mozilla; programs that say so too want to be taken for one. */
function clientOf({ wire, origin }: Connection): ConnectionInfo['client'] {
  if (!wire.isTwoWay) return 'stream'
  return origin.userAgent?.startsWith('Mozilla/') === true ? 'browser' : 'program'
}
