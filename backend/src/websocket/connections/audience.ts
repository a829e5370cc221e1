import type { Connection } from './connection.ts'

/** Whom a message is meant for. What must not be missed goes through the log instead. */
export type Audience =
  /** Everybody; `except`: the connection that it came from. */
  | { kind: 'all'; except?: string }
  /** Who follows a channel. Channels of different workspaces have the same names. */
  | { kind: 'channel'; channel: string; workspaceId: string }
  | { kind: 'user'; userId: string }
  | { kind: 'connections'; connectionIds: readonly string[] }

/** Those of the connections that can be told anything: requests that wait for events cannot. */
export function selectAudience(connections: Iterable<Connection>, audience: Audience): Connection[] {
  const isMeant = matcherOf(audience)
  return [...connections].filter((connection) => connection.wire.isTwoWay && isMeant(connection))
}

function matcherOf(audience: Audience): (connection: Connection) => boolean {
  switch (audience.kind) {
    case 'all':
      return ({ id }) => id !== audience.except
    case 'user':
      return ({ identity }) => identity.userId === audience.userId
    case 'connections': {
      const ids = new Set(audience.connectionIds)
      return ({ id }) => ids.has(id)
    }
    case 'channel':
      return ({ subscriptions }) =>
        [...subscriptions.values()].some(
          ({ target, topic, isOpening }) =>
            !isOpening &&
            target.kind === 'channel' &&
            target.channel === audience.channel &&
            topic?.ring.workspaceId === audience.workspaceId,
        )
  }
}
