import { AppError, errorCodeOf, InvariantError, toErrorBody } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import type { LoggerPort } from '@millrace/temporal/ports'
import type { EventBridge } from '../events/event-bridge.ts'
import { nameConnectionError } from '../repositories/connection-error.ts'
import type { Connection } from './connections/connection.ts'
import type { FaultReports } from './fault-reports.ts'
import type { Missing, Subscription } from './subscriptions/subscription.ts'
import type { ChannelTarget } from './subscriptions/subscription-target.ts'
import type { LogPager } from './topics/log-pager.ts'
import type { OpenTopic } from './topics/open-topic.ts'
import type { SnapshotCache } from './topics/snapshot-cache.ts'

/** Readings of a list, and foldings of a state, until the log must be the one that is followed. */
const roundsMax = 3

export interface SubscriptionFetcherDeps {
  bridge: Pick<EventBridge, 'refresh'>
  pager: LogPager
  snapshots: SnapshotCache
  faults: FaultReports
  logger: LoggerPort
}

/**
 * Brings what a subscription lacks: a page of the log, or a folded state. One thing per connection at a time. While
 * the log cannot be reached it tries again; what fails although it can be reached would fail each time, so that
 * subscription ends, and its client is told.
 */
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
    } catch (thrown) {
      const error = nameConnectionError(thrown)
      const topic = subscription.topic?.ring.topic
      const fields = { tag: 'log-unreadable', topic, err: error } as const
      // A person's own topic has no name by which its end could be told.
      if (isPassing(error) || subscription.target.kind === 'own') {
        this.#deps.logger.warn(fields, `Could not fetch a ${missing}`)
        if (connection.state === 'live') this.#failed.add(connection)
        return
      }
      this.#deps.logger.error(fields, `Could not fetch a ${missing}, and its subscription ends`)
      endWith(error, connection, subscription)
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
    if (frames[0]?.seq === cursor + 1) {
      subscription.givePage(frames)
      return
    }
    // The log may have begun anew, which moves the ring.
    await this.#deps.bridge.refresh(ring.topic)
    if (subscription.isGone || subscription.cursor !== cursor || subscription.state !== 'streaming') return
    // The ring may have been moved meanwhile; what the log no longer has can only be told as a loss.
    if (cursor + 1 < ring.start) subscription.resync('trimmed')
  }

  async #fetchSnapshot(subscription: Subscription): Promise<void> {
    const { topic } = subscription
    if (topic === null) return
    const { target } = subscription
    if (target.kind === 'channel') await this.#fetchList(subscription, topic, target.readSnapshot)
    else await this.#fetchState(subscription, topic)
  }

  /** A log that ends before what was told of it has begun anew, which the bridge finds out; or it has lost its end. */
  async #fetchState(subscription: Subscription, { ring }: OpenTopic): Promise<void> {
    for (let round = 0; round < roundsMax; round += 1) {
      const snapshot = await this.#deps.snapshots.snapshot(ring)
      if (snapshot !== null) {
        subscription.giveSnapshot(snapshot)
        return
      }
      await this.#deps.bridge.refresh(ring.topic)
    }
    const message = `${ring.topic}: the log ends before ${ring.head}`
    this.#deps.faults.report('gap', { topic: ring.topic }, message)
    throw new InvariantError(message)
  }

  /** List and ring are of one log, or one of them has not heard yet that it began anew. */
  async #fetchList(
    subscription: Subscription,
    { ring }: OpenTopic,
    readSnapshot: ChannelTarget['readSnapshot'],
  ): Promise<void> {
    if (readSnapshot === null) return
    for (let round = 0; round < roundsMax; round += 1) {
      const snapshot = await readSnapshot()
      if (snapshot.epoch === ring.epoch) {
        subscription.giveSnapshot(snapshot)
        return
      }
      await this.#deps.bridge.refresh(ring.topic)
    }
    throw new AppError('DATABASE_UNAVAILABLE', { reason: 'the topic and its list are of different logs' })
  }
}

/** Whether the same may succeed a moment later. */
function isPassing(error: unknown): boolean {
  const code = errorCodeOf(error)
  return code !== null && errorCatalogue[code].retryable
}

function endWith(error: unknown, connection: Connection, subscription: Subscription): void {
  // Whoever has left it already is owed no word.
  if (subscription.isGone) return
  connection.dropSubscription(subscription)
  connection.send({ type: 'error', timestamp: Date.now(), ...subscription.address, ...toErrorBody(error) })
}
