import type { LoggerPort } from '@millrace/temporal/ports'
import type { Connection } from './connections/connection.ts'
import { type SubscribeDeps, subscribeToOwnTopic } from './subscribe.ts'

/** Lets each user's connections hear what concerns the user, without being asked to. */
export class OwnTopics {
  readonly #deps: SubscribeDeps
  readonly #logger: LoggerPort
  /** Connections whose own topic could not be opened; tried again with each sweep. */
  readonly #missing = new Set<Connection>()

  constructor(deps: SubscribeDeps, logger: LoggerPort) {
    this.#deps = deps
    this.#logger = logger
  }

  /** Never rejects. */
  async follow(connection: Connection): Promise<void> {
    // Behind a share link is no user; and a key belongs to one workspace, but its user's topic to all of theirs.
    if (connection.identity.kind !== 'user' || connection.state !== 'live') return
    try {
      await subscribeToOwnTopic(this.#deps, connection)
    } catch (error) {
      this.#logger.warn({ tag: 'log-unreadable', connectionId: connection.id, err: error }, 'Could not open a topic')
      if (connection.state === 'live') this.#missing.add(connection)
    }
  }

  retryFailed(): void {
    for (const connection of this.#missing) {
      this.#missing.delete(connection)
      void this.follow(connection)
    }
  }

  /** The connection is gone. */
  drop(connection: Connection): void {
    this.#missing.delete(connection)
  }
}
