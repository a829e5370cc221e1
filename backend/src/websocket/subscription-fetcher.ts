import type { LoggerPort } from '@millrace/temporal/ports'
import type { Connection } from './connection.ts'
import type { LogPager } from './log-pager.ts'
import type { SnapshotCache } from './snapshot-cache.ts'
import type { Missing, Subscription } from './subscription.ts'

export interface SubscriptionFetcherDeps {
  pager: LogPager
  snapshots: SnapshotCache
  logger: LoggerPort
}

/** Brings what a subscription lacks: a page of the log, or a folded state. One thing per connection at a time. */
export class SubscriptionFetcher {
  readonly #deps: SubscriptionFetcherDeps
  /** Connections whose last fetch failed; they try again with the next sweep. */
  readonly #failed = new Set<Connection>()

  constructor(deps: SubscriptionFetcherDeps) {
    this.#deps = deps
  }

  fetch(connection: Connection, subscription: Subscription, missing: Missing): void {
    connection.isFetching = true
    void this.#fetch(connection, subscription, missing)
  }

  /** Call about once a second. */
  retryFailed(): void {
    for (const connection of this.#failed) {
      this.#failed.delete(connection)
      connection.isFetching = false
      connection.wake()
    }
  }

  async #fetch(connection: Connection, subscription: Subscription, missing: Missing): Promise<void> {
    try {
      if (missing === 'page') await this.#fetchPage(subscription)
      else await this.#fetchSnapshot(subscription)
    } catch (error) {
      const topic = subscription.topic?.ring.topic
      this.#deps.logger.warn({ tag: 'log-unreadable', topic, err: error }, `Could not fetch a ${missing}`)
      if (connection.state === 'live') this.#failed.add(connection)
      return
    }
    connection.isFetching = false
    connection.wake()
  }

  async #fetchPage(subscription: Subscription): Promise<void> {
    const { topic, cursor } = subscription
    if (topic === null) return
    const { ring } = topic
    const frames = await this.#deps.pager.page(ring.topic, ring.epoch, cursor)
    if (subscription.isGone || subscription.cursor !== cursor) return
    if (frames[0]?.seq === cursor + 1) subscription.givePage(frames)
    // The ring may have been moved meanwhile; what the log no longer has can only be told as a loss.
    else if (cursor + 1 < ring.start) subscription.resync('trimmed')
  }

  async #fetchSnapshot(subscription: Subscription): Promise<void> {
    const { topic } = subscription
    if (topic === null) return
    subscription.giveSnapshot(await this.#deps.snapshots.snapshot(topic.ring))
  }
}
