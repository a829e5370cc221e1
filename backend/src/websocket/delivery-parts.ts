import { commandLimits } from '@millrace/shared/protocol/command-messages'
import type { LoggerPort } from '@millrace/temporal/ports'
import type { EventBridge } from '../events/event-bridge.ts'
import type { EventReader } from '../events/event-reader.ts'
import { AwaitedEnds } from './awaited-ends.ts'
import type { ConnectionHooks } from './connections/connection.ts'
import { ConnectionLimits } from './connections/connection-limits.ts'
import { OpenConnections } from './connections/open-connections.ts'
import { Pump } from './connections/pump.ts'
import { DeliveryCounters } from './delivery-counters.ts'
import { DeliveryFaults } from './delivery-faults.ts'
import { DeliveryLease } from './delivery-lease.ts'
import type { FollowByAddressDeps } from './follow-by-address.ts'
import type { MessageHandler } from './handlers/message-handler.ts'
import type { Authenticate } from './identity.ts'
import { InboundMessages } from './inbound-messages.ts'
import { LiveRights } from './live-rights.ts'
import { LongPolls } from './long-polls.ts'
import { createMessageHandlers } from './message-handlers.ts'
import { OwnTopics } from './own-topics.ts'
import { PresenceBoard, type PresenceSettings } from './presence/presence-board.ts'
import { InProcessPresenceBus, type PresenceBus } from './presence/presence-bus.ts'
import type { SubscribeDeps } from './subscribe.ts'
import { SubscriptionFetcher } from './subscription-fetcher.ts'
import { type AuthorizeTopic, createAuthorizeTopic } from './subscriptions/authorize-topic.ts'
import type { ChannelReader } from './subscriptions/channel-reader.ts'
import { LogPager } from './topics/log-pager.ts'
import { MergedSlices } from './topics/merged-slices.ts'
import { OpenTopics } from './topics/open-topics.ts'
import { SnapshotCache } from './topics/snapshot-cache.ts'
import { defaultWebSocketSettings, type WebSocketSettings } from './websocket-settings.ts'

export interface DeliveryDeps {
  bridge: EventBridge
  reader: EventReader
  authenticate: Authenticate
  logger: LoggerPort
  /** Without it channels begin at their heads, and workflows and knowledge bases are unknown. */
  channels?: ChannelReader
  /** Default: every member of a workspace may follow what is in it. */
  authorizeTopic?: AuthorizeTopic
  settings?: Partial<WebSocketSettings>
  /** Between processes; without it a process knows of its own viewers only. */
  presence?: { bus: PresenceBus; settings?: Partial<PresenceSettings> }
}

export type DeliveryParts = ReturnType<typeof createDeliveryParts>

/** What delivery in one process consists of, each part made after those it stands on. No timer runs yet. */
export function createDeliveryParts(deps: DeliveryDeps) {
  const { bridge, logger, presence: viewers } = deps
  const settings: WebSocketSettings = { ...defaultWebSocketSettings, ...deps.settings }
  const limits = new ConnectionLimits(settings)
  const connections = new OpenConnections(limits, logger)
  const faults = new DeliveryFaults(logger)
  const lease = new DeliveryLease()
  const pump = new Pump(Date.now, (connection, error) => faults.handleWriteFailure(connection, error))
  const pager = new LogPager(deps.reader, settings, faults)
  const snapshots = new SnapshotCache(pager, settings)
  const topics = new OpenTopics({ bridge, settings, faults })
  const longPolls = new LongPolls({ topics, limits, lease, settings })
  const presence = new PresenceBoard(viewers?.bus ?? new InProcessPresenceBus(), viewers?.settings)
  const authorizeTopic = deps.authorizeTopic ?? createAuthorizeTopic(deps.channels ?? null)
  const following: SubscribeDeps & FollowByAddressDeps = { authorizeTopic, topics, bridge, settings, presence, logger }
  const fetcher = new SubscriptionFetcher({ bridge, pager, snapshots, faults, logger })
  const counters = new DeliveryCounters()
  const mergedSlices = new MergedSlices()
  const inbound = new InboundMessages(logger, settings)
  const handlers = createMessageHandlers({ ...following, authenticate: deps.authenticate })
  for (const [type, handler] of Object.entries(handlers)) inbound.register(type, handler as MessageHandler<unknown>)
  const hooks: ConnectionHooks = {
    wake: (connection) => pump.wake(connection),
    fetch: (connection, subscription, missing) => fetcher.fetch(connection, subscription, missing),
    release(connection, subscription) {
      presence.release(connection, subscription)
      if (subscription.topic !== null) topics.leave(subscription.topic, subscription, Date.now())
    },
    isHeld: () => lease.isHeld,
    reportViolation: (connection, ring) => faults.handleViolation(connection, ring),
    counters,
    mergedSlices,
  }
  return {
    settings,
    connections,
    /** Promises that were broken. */
    faults,
    /** Until when rights are known. */
    lease,
    /** Follows what becomes of the rights of who is connected or waits. */
    rights: new LiveRights({ connections, limits, longPolls, lease }),
    /** Gives connections their turn to be written to. */
    pump,
    pager,
    snapshots,
    topics,
    /** Brings what a subscription lacks. */
    fetcher,
    longPolls,
    presence,
    /** What it takes to follow a topic. */
    following,
    ownTopics: new OwnTopics(following, logger),
    inbound,
    ends: new AwaitedEnds(topics, { perConnectionMax: commandLimits.awaitedRunsMax }),
    counters,
    mergedSlices,
    /** What every connection asks of all this; one for all of them, for there are thousands. */
    hooks,
  }
}
