import { AppError } from '@millrace/shared/errors/app-error'
import type { ClientMessageOf } from '@millrace/shared/protocol/messages'
import type { EventBridge } from '../events/event-bridge.ts'
import { userTopic } from '../events/topic-name.ts'
import type { Connection } from './connections/connection.ts'
import type { AuthorizeTopic } from './subscriptions/authorize-topic.ts'
import { Subscription } from './subscriptions/subscription.ts'
import type { OwnTarget, SubscriptionTarget } from './subscriptions/subscription-target.ts'
import { addressOf, requestOf, subscriptionKey, type TopicRequest } from './subscriptions/topic-request.ts'
import type { OpenTopic } from './topics/open-topic.ts'
import type { OpenTopics } from './topics/open-topics.ts'
import type { WebSocketSettings } from './websocket-settings.ts'

export interface SubscribeDeps {
  authorizeTopic: AuthorizeTopic
  topics: OpenTopics
  bridge: EventBridge
  settings: WebSocketSettings
}

interface OpenSubscription {
  subscription: Subscription
  topic: OpenTopic
}

type SubscribeMessage = ClientMessageOf<'subscribe'>

/**
 * The slot is taken before the first await, so that a burst of messages cannot pass the bound. What has the name
 * already goes on until the new one is open: a wish that cannot be met takes nothing away.
 */
export async function subscribe(deps: SubscribeDeps, connection: Connection, message: SubscribeMessage): Promise<void> {
  const request = requestOf(message)
  const key = subscriptionKey(request)
  if (!connection.held.has(key) && connection.subscriptionCount >= deps.settings.subscriptionsMax) {
    throw new AppError('TOO_MANY_SUBSCRIPTIONS', { subscriptionsMax: deps.settings.subscriptionsMax })
  }
  const subscription = new Subscription(key, placeholderTarget(request), connection)
  connection.held.reserve(subscription)
  try {
    const opened = await open(deps, connection, subscription, request)
    if (opened === null || subscription.isGone) return
    await begin(deps, connection, opened, { message, request })
  } catch (error) {
    // Whoever was replaced or unsubscribed meanwhile is owed no answer.
    if (subscription.isGone) return
    connection.dropSubscription(subscription)
    throw error
  }
}

/** Follows the connection's own user: the live tail, silently. Rejects when the log cannot be read. */
export async function subscribeToOwnTopic(deps: SubscribeDeps, connection: Connection): Promise<void> {
  const { userId, workspaces } = connection.identity
  const topicName = userTopic(userId)
  const subscription = new Subscription('own', ownTarget(connection), connection)
  connection.held.reserve(subscription)
  try {
    const workspaceId = workspaces[0]?.id ?? ''
    const topic = await deps.topics.open(topicName, { topic: topicName, workspaceId, epoch: '', seq: 0, closed: false })
    if (topic === null || subscription.isGone) return
    deps.topics.join(topic, subscription)
    subscription.begin(topic, topic.ring.head)
    connection.held.adopt(subscription)
  } catch (error) {
    connection.dropSubscription(subscription)
    throw error
  }
}

/** Events of older logs do not say where they come from, and are told to nobody. */
function ownTarget(connection: Connection): OwnTarget {
  return {
    kind: 'own',
    accepts: ({ workspaceId }) => connection.identity.workspaces.some(({ id }) => id === workspaceId),
    view: ({ frame }) => frame,
  }
}

function refusalOf(request: TopicRequest): AppError {
  return new AppError('executionId' in request ? 'EXECUTION_NOT_FOUND' : 'CHANNEL_NOT_FOUND')
}

async function open(
  { authorizeTopic, topics }: SubscribeDeps,
  connection: Connection,
  subscription: Subscription,
  request: TopicRequest,
): Promise<OpenSubscription | null> {
  const refusal = refusalOf(request)
  const authorized = await authorizeTopic(connection.identity, request)
  if (subscription.isGone) return null
  if (authorized === null) throw refusal
  const { topic: name, target, workspaceIdWhenAbsent: workspaceId } = authorized
  const whenAbsent = workspaceId === null ? null : { topic: name, workspaceId, epoch: '', seq: 0, closed: false }
  const topic = await topics.open(name, whenAbsent)
  if (topic !== null && !connection.mayRead(topic.ring)) {
    // As if it were not there; nor does it stay here warm for somebody who guesses ids.
    topics.dropIfIdle(topic)
    throw refusal
  }
  if (topic === null) throw refusal
  if (subscription.isGone) return null
  subscription.target = target
  topics.join(topic, subscription)
  subscription.topic = topic
  return { subscription, topic }
}

/** Decides where reading starts, answers `subscribed`, and leaves the rest to the pump: from the answer on nothing awaits. */
async function begin(
  { bridge, settings }: SubscribeDeps,
  connection: Connection,
  { subscription, topic }: OpenSubscription,
  { message: { id, since, epoch }, request }: { message: SubscribeMessage; request: TopicRequest },
): Promise<void> {
  const { ring } = topic
  // Another process may have shown the client more than this one has heard of.
  if (since !== undefined && since > ring.head) await bridge.refresh(ring.topic)
  if (subscription.isGone) return
  // Rights may have gone meanwhile.
  if (!connection.mayRead(ring)) throw refusalOf(request)
  connection.send({
    type: 'subscribed',
    timestamp: Date.now(),
    ...(id === undefined ? {} : { id }),
    ...subscription.address,
    seq: ring.head,
    epoch: ring.epoch,
    topic: ring.topic,
  })
  // A reader that is too slow for the answer is gone by now.
  if (connection.state !== 'live') return
  const broken = since === undefined ? null : brokenContinuity(subscription.target, topic, { since, epoch, settings })
  if (broken !== null) subscription.resync(broken)
  else if (since === undefined) subscription.beginAnew(topic)
  else subscription.begin(topic, since)
  connection.held.adopt(subscription)
  connection.wake()
}

/** Why a cursor cannot be continued; null: it can. */
function brokenContinuity(
  target: SubscriptionTarget,
  { ring }: OpenTopic,
  { since, epoch, settings }: { since: number; epoch: string | undefined; settings: WebSocketSettings },
): string | null {
  if (epoch !== undefined && epoch !== ring.epoch) return 'epoch'
  if (since > ring.head) return 'future'
  if (target.kind === 'channel' && ring.head - since > settings.channelReplayEventsMax) return 'too_far'
  return null
}

/** Until it is authorised nothing of a channel passes. */
function placeholderTarget(request: TopicRequest): SubscriptionTarget {
  return 'executionId' in request
    ? { kind: 'execution', executionId: request.executionId }
    : {
        kind: 'channel',
        channel: request.channel,
        address: addressOf(request),
        accepts: () => false,
        view: ({ frame }) => frame,
        readSnapshot: null,
      }
}
