import type { ErrorCode } from '@millrace/shared/errors/catalogue'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import { commandLimits } from '@millrace/shared/protocol/command-messages'
import type { ServerMessage } from '@millrace/shared/protocol/messages'
import type { LoggerPort } from '@millrace/temporal/ports'
import type { EventBridge } from '../events/event-bridge.ts'
import type { EventReader } from '../events/event-reader.ts'
import { executionTopic } from '../events/topic-name.ts'
import type { LiveConnections } from '../policies/live-authority.ts'
import { AwaitedEnds } from './awaited-ends.ts'
import { type Audience, selectAudience } from './connections/audience.ts'
import { Connection, type ConnectionOrigin } from './connections/connection.ts'
import { checkDeadlines } from './connections/connection-deadlines.ts'
import { type ConnectionInfo, connectionInfoOf, connectionSums } from './connections/connection-info.ts'
import { ConnectionLimits } from './connections/connection-limits.ts'
import { greet } from './connections/greet.ts'
import { OpenConnections } from './connections/open-connections.ts'
import { Pump } from './connections/pump.ts'
import { DeliveryCounters } from './delivery-counters.ts'
import { DeliveryFaults } from './delivery-faults.ts'
import type { DeliveryFigures } from './delivery-figures.ts'
import { DeliveryLease } from './delivery-lease.ts'
import { type AddressedExecution, followByAddress } from './follow-by-address.ts'
import { encodeMessage } from './frames/text-frame.ts'
import type { MessageHandler } from './handlers/message-handler.ts'
import type { Authenticate, Identity } from './identity.ts'
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
import type { Transport } from './wires/transport.ts'
import { type Wire, webSocketWire } from './wires/wire.ts'

export interface WebSocketManagerDeps {
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

/**
 * All sockets of a process: who is connected, what they follow, and the loop that writes. It knows no socket
 * library and no meaning of events; it sees `{ send, close, bufferedBytes }` on one side and rings on the other.
 * Made once in compose.ts, closed by it.
 */
export class WebSocketManager implements LiveConnections {
  readonly settings: WebSocketSettings
  /** Requests that wait for the next event. */
  readonly longPolls: LongPolls
  readonly #logger: LoggerPort
  readonly #limits: ConnectionLimits
  readonly #connections: OpenConnections
  readonly #rights: LiveRights
  readonly #ownTopics: OwnTopics
  readonly #faults: DeliveryFaults
  readonly #pump: Pump
  readonly #topics: OpenTopics
  readonly #snapshots: SnapshotCache
  readonly #pager: LogPager
  readonly #fetcher: SubscriptionFetcher
  readonly #inbound: InboundMessages
  readonly #ends: AwaitedEnds
  readonly #presence: PresenceBoard
  readonly #subscribeDeps: SubscribeDeps
  readonly #counters = new DeliveryCounters()
  readonly #lease = new DeliveryLease()
  readonly #mergedSlices = new MergedSlices()
  readonly #sweepTimer: ReturnType<typeof setInterval>

  constructor({
    bridge,
    reader,
    authenticate,
    logger,
    authorizeTopic: authorize,
    channels,
    settings,
    presence,
  }: WebSocketManagerDeps) {
    this.settings = { ...defaultWebSocketSettings, ...settings }
    this.#logger = logger
    this.#limits = new ConnectionLimits(this.settings)
    this.#connections = new OpenConnections(this.#limits, logger)
    this.#faults = new DeliveryFaults(logger)
    this.#pump = new Pump(Date.now, (connection, error) => this.#faults.handleWriteFailure(connection, error))
    this.#pager = new LogPager(reader, this.settings, this.#faults)
    this.#snapshots = new SnapshotCache(this.#pager, this.settings)
    this.#fetcher = new SubscriptionFetcher({
      bridge,
      pager: this.#pager,
      snapshots: this.#snapshots,
      faults: this.#faults,
      logger,
    })
    this.#topics = new OpenTopics({ bridge, settings: this.settings, faults: this.#faults })
    this.#subscribeDeps = {
      authorizeTopic: authorize ?? createAuthorizeTopic(channels ?? null),
      topics: this.#topics,
      bridge,
      settings: this.settings,
    }
    this.longPolls = new LongPolls({
      topics: this.#topics,
      limits: this.#limits,
      lease: this.#lease,
      settings: this.settings,
    })
    this.#rights = new LiveRights({ connections: this.#connections, longPolls: this.longPolls, lease: this.#lease })
    this.#ownTopics = new OwnTopics(this.#subscribeDeps, logger)
    this.#presence = new PresenceBoard(presence?.bus ?? new InProcessPresenceBus(), presence?.settings)
    this.#ends = new AwaitedEnds(this.#topics, { perConnectionMax: commandLimits.awaitedRunsMax })
    this.#inbound = new InboundMessages(logger, this.settings)
    const handlers = createMessageHandlers({ ...this.#subscribeDeps, authenticate, presence: this.#presence })
    for (const [type, handler] of Object.entries(handlers))
      this.#inbound.register(type, handler as MessageHandler<unknown>)
    this.#sweepTimer = setInterval(() => this.#sweep(), this.settings.sweepIntervalMs)
    this.#sweepTimer.unref()
  }

  /**
   * Takes over a socket whose identity is known, and greets it. Null: refused because of a limit or because
   * the process is leaving; the transport has been closed. The caller reports what comes in through
   * `handleMessage`, `handleSign` and `handleClosed`.
   */
  accept(
    transport: Transport,
    identity: Identity,
    origin: ConnectionOrigin,
    wire: Wire = webSocketWire,
  ): Connection | null {
    if (!this.#connections.admit(transport, identity, origin)) return null
    const connection: Connection = new Connection(transport, identity, origin, {
      settings: this.settings,
      now: Date.now(),
      wire,
      hooks: {
        wake: (woken) => this.#pump.wake(woken),
        fetch: (fetching, subscription, missing) => this.#fetcher.fetch(fetching, subscription, missing),
        release: (subscription) => {
          this.#presence.release(connection, subscription)
          if (subscription.topic !== null) this.#topics.leave(subscription.topic, subscription, Date.now())
        },
        counters: this.#counters,
        mergedSlices: this.#mergedSlices,
        isHeld: () => this.#lease.isHeld,
        reportViolation: (violated, ring) => this.#faults.handleViolation(violated, ring),
      },
    })
    this.#connections.add(connection)
    if (!wire.isTwoWay) return connection
    greet(connection, this.settings)
    void this.#ownTopics.follow(connection)
    return connection
  }

  /**
   * Follows an execution for who asked by the address: a stream or socket, just accepted. A stream ends with the
   * subscription; when there can be none, both are told by an `error` and end. Never rejects.
   */
  follow(connection: Connection, request: AddressedExecution): Promise<void> {
    const deps = { ...this.#subscribeDeps, presence: this.#presence, logger: this.#logger }
    return followByAddress(deps, connection, request)
  }

  /** One inbound message. Null text: it was binary. Never throws. */
  handleMessage(connection: Connection, text: string | null): void {
    this.handleSign(connection)
    this.#inbound.handle(connection, text)
  }

  /** The peer is alive: a pong, a ping, anything. */
  handleSign(connection: Connection): void {
    connection.seenAt = Date.now()
  }

  /** The socket is gone, whoever closed it; `code` is what the other end said. May be called twice. */
  handleClosed(connection: Connection, code?: number): void {
    connection.handleClosed()
    this.#ends.drop(connection)
    this.#ownTopics.drop(connection)
    this.#connections.remove(connection, code)
  }

  /** Adds a message type. Throws for one that has a handler. */
  registerHandler<Message>(type: string, handler: MessageHandler<Message>): void {
    this.#inbound.register(type, handler as MessageHandler<unknown>)
  }

  /** Says something that is not kept: whoever is away never hears of it. Answers how many it was said to. */
  broadcast(audience: Audience, message: ServerMessage): number {
    const meant = selectAudience(this.#connections, audience)
    const frame = encodeMessage(message)
    for (const connection of meant) connection.sendFrame(frame)
    return meant.length
  }

  /** Waits silently for the end of a run; see `AwaitedEnds.wait`. */
  awaitEnd(connection: Connection, executionId: string): Promise<boolean> | null {
    return this.#ends.wait(connection, executionId)
  }

  getConnectionCount(): number {
    return this.#connections.count
  }

  getExecutionSubscriberCount(executionId: string): number {
    return this.#topics.get(executionTopic(executionId))?.subscribers.size ?? 0
  }

  connections(): ConnectionInfo[] {
    return [...this.#connections].map(connectionInfoOf)
  }

  /** Told of each write with live events: milliseconds since the oldest of them was stored. Must not throw. */
  onLiveWrite(listener: (waitedMs: number) => void): () => void {
    return this.#counters.onLiveWrite(listener)
  }

  /** For the metrics page, for operators, and for tests that prove silence. */
  stats(): DeliveryFigures {
    return {
      ...connectionSums(this.#connections),
      ...this.#connections.figures(),
      ...this.#counters.figures(),
      longPollCount: this.longPolls.count,
      topicCount: this.#topics.count,
      ringBytes: this.#topics.bytes,
      snapshotCount: this.#snapshots.count,
      mergedSliceBytes: this.#mergedSlices.bytes,
      pageReadCount: this.#pager.readCount,
      dirtyCount: this.#pump.dirtyCount,
      ...this.#faults.figures(),
      isHeld: this.#lease.isHeld,
    }
  }

  /** Closes the sockets and streams of identities that lost their right, by user, key or sign-in; at once, in this process. */
  disconnect(isMeant: (identity: Identity) => boolean, code: ErrorCode): number {
    return this.#rights.disconnect(isMeant, code)
  }

  /** Closes what is open in the name of an API key, a sign-in or a share link, and what was being opened while it was revoked. */
  revoke(credentialId: string): number {
    return this.#rights.revoke(credentialId)
  }

  setMemberships(userId: string, workspaces: Identity['workspaces']): void {
    this.#rights.setMemberships(userId, workspaces)
  }

  hasUser(userId: string): boolean {
    return this.#limits.hasUser(userId)
  }

  /** Whether rights are unknown now. */
  get isHeld(): boolean {
    return this.#lease.isHeld
  }

  trustUntil(untilMs: number): void {
    this.#rights.trustUntil(untilMs)
  }

  askAgain(): number {
    return this.disconnect(() => true, 'SERVER_LEAVING')
  }

  /**
   * Takes no more sockets and closes all there are, evenly over `spreadMs`, so that they do not all arrive
   * elsewhere at the same moment. Resolves when the last goodbye has been said.
   */
  async closeAll(code: number = closeCodes.leaving, spreadMs = 0): Promise<void> {
    this.longPolls.leave()
    await this.#connections.closeAll(code, spreadMs)
  }

  /** Says goodbye to everybody, gives them `graceMs` to answer, and closes. May be called twice. */
  async shutDown(graceMs: number): Promise<void> {
    await this.closeAll()
    await this.#connections.whenEmpty(graceMs)
    this.close()
  }

  /** Ends the loop and the timer. Sockets that are still there are cut. */
  close(): void {
    this.#connections.leave()
    this.longPolls.leave()
    clearInterval(this.#sweepTimer)
    this.#pump.stop()
    for (const connection of this.#connections) {
      connection.transport.terminate()
      this.handleClosed(connection)
    }
    this.#presence.close()
    this.#topics.close()
  }

  #sweep(): void {
    const now = Date.now()
    for (const connection of this.#connections) checkDeadlines(connection, this.settings, now)
    this.#rights.sweep(now)
    this.#presence.sweep(now)
    this.#fetcher.retryFailed()
    this.#topics.sweep(now)
    this.#mergedSlices.sweep(now)
    this.#ownTopics.retryFailed()
  }
}
