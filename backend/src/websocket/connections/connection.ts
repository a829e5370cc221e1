import { randomUUID } from 'node:crypto'
import type { ErrorCode } from '@millrace/shared/errors/catalogue'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
import type { ServerMessage } from '@millrace/shared/protocol/messages'
import type { DeliveryCounters } from '../delivery-counters.ts'
import { Outgoing } from '../frames/outgoing.ts'
import type { TextFrame } from '../frames/text-frame.ts'
import type { Identity } from '../identity.ts'
import { type Missing, Subscription, type SubscriptionOwner } from '../subscriptions/subscription.ts'
import type { MergedSlices } from '../topics/merged-slices.ts'
import type { TopicRing } from '../topics/topic-ring.ts'
import type { WebSocketSettings } from '../websocket-settings.ts'
import type { Transport } from '../wires/transport.ts'
import { type Wire, webSocketWire } from '../wires/wire.ts'
import type { ConnectionEnding } from './connection-ends.ts'
import type { ConnectionOrigin } from './connection-origin.ts'
import { CurrentRights } from './current-rights.ts'
import { FairShare } from './fair-share.ts'
import { FetchTurns, type Lacking } from './fetch-turns.ts'
import { HeldSubscriptions } from './held-subscriptions.ts'
import { Replies } from './replies.ts'
import { ReplyTurns } from './reply-turns.ts'
import { TokenBucket } from './token-bucket.ts'
import { type RingName, UnfinishedMessage } from './unfinished-message.ts'

/**
 * | state    | holds                                     | ends by                                        |
 * | -------- | ----------------------------------------- | ---------------------------------------------- |
 * | live     | identity, subscriptions, unsent messages  | a close from either side, a fault, a deadline  |
 * | draining | what the kernel has not taken yet         | the socket's own close, at the latest its timeout |
 * | closed   | nothing                                   |                                                |
 *
 * There is no state before `live`: who cannot be identified never becomes a connection.
 */
export type ConnectionState = 'live' | 'draining' | 'closed'

export interface ConnectionHooks {
  /** Asks for a turn of the pump. */
  wake: (connection: Connection) => void
  /** Something must be fetched before a subscription can go on. */
  fetch: (connection: Connection, subscription: Subscription, missing: Missing) => void
  /** A subscription has let go of its topic. */
  release: (connection: Connection, subscription: Subscription) => void
  /** Whether rights are unknown now: then no event is written, and cursors stay where they are. */
  isHeld: () => boolean
  /** A ring of another workspace was about to be written: a bug, never a user's fault. */
  reportViolation: (connection: Connection, ring: TopicRing) => void
  counters: DeliveryCounters
  mergedSlices: MergedSlices
}

export class Connection implements SubscriptionOwner {
  readonly id = randomUUID()
  readonly origin: ConnectionOrigin
  readonly openedAt: number
  readonly transport: Transport
  readonly wire: Wire
  readonly held: HeldSubscriptions
  readonly inboundRate: TokenBucket
  readonly #rights: CurrentRights
  /** Which subscription asked for the coming turn, where it is one alone. */
  #woken: Subscription | 'several' | null = null
  state: ConnectionState = 'live'
  /** Malformed messages so far. */
  faultCount = 0
  /** Epoch milliseconds of the last sign of life, the last ping, the last write. */
  seenAt: number
  pingedAt: number
  wroteAt: number
  /** Since when unsent bytes keep it from being written to; null: it can be written to. */
  blockedSince: number | null = null
  /** What the transport's `progressMark` was when somebody last looked while it was blocked. */
  progressMark = 0
  /** It has been blocked, and has not been at the heads since. */
  wasBlocked = false
  /** Since when more is unacknowledged than may be; null: it is not. */
  unackedSince: number | null = null
  /** How it was ended here; null: it was not, or the other end did. */
  ending: ConnectionEnding | null = null
  /** Since when its close is under way. */
  drainingSince: number | null = null
  /** For which expiry a notice has been sent. */
  noticedExpiry: number | null = null
  eventsSentCount = 0
  /** One fetch at a time: bounds what a connection can hold and ask for. */
  isFetching = false
  readonly #settings: WebSocketSettings
  readonly #hooks: ConnectionHooks
  readonly #replies = new Replies()
  readonly #replyTurns = new ReplyTurns(() => this.waitingBytes)
  readonly #unfinished = new UnfinishedMessage()
  /** Of whom the message tells that did not all fit into the write that is being collected. */
  #cutRing: RingName | null = null
  readonly #fairShare = new FairShare()
  readonly #fetchTurns = new FetchTurns()

  constructor(
    transport: Transport,
    identity: Identity,
    origin: ConnectionOrigin,
    {
      settings,
      hooks,
      now,
      wire = webSocketWire,
    }: { settings: WebSocketSettings; hooks: ConnectionHooks; now: number; wire?: Wire },
  ) {
    this.wire = wire
    this.transport = transport
    this.origin = origin
    this.#settings = settings
    this.#rights = new CurrentRights(identity, settings.expiryLeewayMs)
    this.#hooks = hooks
    this.held = new HeldSubscriptions((subscription) => hooks.release(this, subscription))
    this.openedAt = now
    this.seenAt = now
    this.pingedAt = now
    this.wroteAt = now
    this.inboundRate = new TokenBucket(settings.messagesPerSecondMax, now)
    transport.onDrain(() => this.unblock())
  }

  get identity(): Identity {
    return this.#rights.identity
  }

  set identity(identity: Identity) {
    this.#rights.identity = identity
  }

  get counters(): DeliveryCounters {
    return this.#hooks.counters
  }

  get mergedSlices(): MergedSlices {
    return this.#hooks.mergedSlices
  }

  get takesBatches(): boolean {
    return this.wire.isTwoWay && this.origin.capabilities?.includes('batch') === true
  }

  get takesPresence(): boolean {
    return this.wire.isTwoWay && this.origin.capabilities?.includes('presence') === true
  }

  get acknowledges(): boolean {
    return this.wire.isTwoWay && this.origin.capabilities?.includes('ack') === true
  }

  /** There is something to write. Who cannot be written to is woken when that is over, and costs the others nothing till then. */
  wake(by?: Subscription): void {
    this.#woken = by !== undefined && (this.#woken === null || this.#woken === by) ? by : 'several'
    if (this.blockedSince === null) this.#hooks.wake(this)
  }

  /** It can be written to again. */
  unblock(): void {
    this.blockedSince = null
    this.wake()
  }

  /** A control frame, which may stand between the fragments of a message. */
  sendControl(frame: Buffer): void {
    if (this.state === 'live') this.transport.send([frame])
  }

  /** Bytes held for it here, beyond those that the transport holds. */
  get waitingBytes(): number {
    return this.#replies.bytes + this.#unfinished.bytes
  }

  /** Those that are told what happens. */
  get subscriptions(): Map<string, Subscription> {
    return this.held.open
  }

  get subscriptionCount(): number {
    return this.held.count
  }

  /** Queues a message ahead of events. A reader so slow that answers pile up is closed. */
  send(message: ServerMessage): void {
    const frame = this.wire.message(message, null)
    if (frame !== null) this.sendFrame(frame)
  }

  /** Does what makes a large answer when little else waits to be sent, one at a time. Settles as `work` does. */
  sendInTurn(work: () => Promise<void>): Promise<void> {
    return this.#replyTurns.take(work)
  }

  /** As `send`, for a message that several connections share. */
  sendFrame(frame: TextFrame): void {
    if (this.state !== 'live') return
    if (this.#replies.add(frame)) this.wake()
    else this.close(closeCodes.tryLater, 'SLOW_CONSUMER')
  }

  dropSubscription(subscription: Subscription): void {
    this.held.drop(subscription)
  }

  isExpired(now: number): boolean {
    return this.#rights.isOver(now)
  }

  /** Whether events of a ring may ever be written here; compared again before each write. */
  mayRead(ring: RingName): boolean {
    return this.#rights.mayRead(ring)
  }

  /** Whether the rest of a message of which it has the beginning may be written: false, and it cannot go on. */
  get mayFinish(): boolean {
    const { source } = this.#unfinished
    return source === null || this.mayRead(source)
  }

  /** Something waits for a reader who does not take it now, and would reach it later. */
  get isHoldingBack(): boolean {
    return !this.#unfinished.isEmpty || (this.blockedSince !== null && !this.#replies.isEmpty)
  }

  /** Writes what is due, in one go and as far as the socket may hold. */
  write(now: number): void {
    if (this.state !== 'live' || this.blockedSince !== null) return
    const woken = this.#woken
    this.#woken = null
    if (this.isExpired(now)) {
      this.close(closeCodes.tokenExpired, 'TOKEN_EXPIRED')
      return
    }
    const roomBytes = this.#settings.highWaterBytes - this.transport.bufferedBytes
    if (roomBytes <= 0) {
      this.#block(now)
      return
    }
    if (!this.mayFinish) {
      this.close(closeCodes.tryLater, 'SLOW_CONSUMER')
      return
    }
    const isHeld = this.#hooks.isHeld()
    // Nothing may come before the rest; whoever ends the hold wakes everybody.
    if (isHeld && this.#unfinished.source !== null) return
    if (woken instanceof Subscription && this.#writeTail(woken, roomBytes, now)) return
    const out = new Outgoing(roomBytes)
    this.#unfinished.moveTo(out)
    this.#replies.moveTo(out)
    this.#cutRing = null
    const hasMore = !isHeld && this.#collectSubscriptions(out, now)
    this.#unfinished.keep(out.rest, this.#cutRing)
    this.#replyTurns.look()
    // Collecting may have closed it; then not a byte of events follows.
    if (this.#isClosing()) return
    if (out.buffers.length > 0) {
      this.transport.send(out.buffers)
      if (out.oldestCommittedAt !== null) this.#hooks.counters.measureLiveWrite(out.oldestCommittedAt)
      this.wroteAt = now
    }
    if (this.transport.bufferedBytes >= this.#settings.highWaterBytes) this.#block(now)
    else if (hasMore || out.rest.length > 0 || !this.#replies.isEmpty) this.wake()
    else if (!this.wire.isTwoWay && this.held.isEmpty) this.close(closeCodes.normal, '')
  }

  /** Says goodbye and lets go of everything. The second call does nothing. */
  close(code: number, reason: ErrorCode | ''): void {
    if (this.state !== 'live') return
    this.#flushReplies()
    this.state = 'draining'
    this.ending = { code, reason }
    this.drainingSince = Date.now()
    this.#letGo()
    this.transport.close(code, reason)
  }

  /** The socket is gone. */
  handleClosed(): void {
    // Also what was begun while it said goodbye.
    this.#letGo()
    this.state = 'closed'
  }

  countEvents(count: number): void {
    this.eventsSentCount += count
    this.#hooks.counters.deliveredCount += count
  }

  countResync(): void {
    this.#hooks.counters.resyncCount += 1
  }

  /** What was said before a goodbye is said; in the middle of a message nothing can be. */
  #flushReplies(): void {
    if (this.blockedSince !== null || !this.#unfinished.isEmpty || this.#replies.isEmpty) return
    this.transport.send(this.#replies.takeAll())
  }

  #isClosing(): boolean {
    return this.state !== 'live'
  }

  #letGo(): void {
    this.#replies.clear()
    this.#unfinished.drop()
    this.#replyTurns.look()
    this.held.dropAll()
  }

  /**
   * The usual turn, without a list of anything: one subscription asked for it, and what it lacks is the end of its ring.
   * Beside the kernel's write every object that is touched here counts. False: nothing has been done.
   */
  #writeTail(due: Subscription, roomBytes: number, now: number): boolean {
    if (!this.#replies.isEmpty || !this.#unfinished.isEmpty || this.wasBlocked || this.#hooks.isHeld()) return false
    const ring = due.topic?.ring
    const tail = due.tail(roomBytes)
    if (ring === undefined || tail === null || tail.joined === null || !this.mayRead(ring)) return false
    this.transport.send([tail.joined])
    due.cursor = tail.toSeq
    due.marks?.note(tail.toSeq, tail.bytes)
    this.countEvents(tail.frames.length)
    const committedAt = tail.frames[0]?.committedAt ?? null
    if (committedAt !== null) this.#hooks.counters.measureLiveWrite(committedAt)
    this.wroteAt = now
    // What is smaller than the room cannot have filled it, whatever the kernel took.
    if (tail.bytes >= roomBytes && this.transport.bufferedBytes >= this.#settings.highWaterBytes) this.#block(now)
    return true
  }

  /** True: the kernel took something since the last look, so the time of being blocked begins anew. */
  noteProgress(now: number): boolean {
    const former = this.progressMark
    this.progressMark = this.transport.progressMark ?? this.transport.bufferedBytes
    if (this.progressMark >= former) return false
    this.blockedSince = now
    return true
  }

  #block(now: number): void {
    this.blockedSince = now
    this.progressMark = this.transport.progressMark ?? this.transport.bufferedBytes
    this.wasBlocked = true
  }

  /** True: there is more to write than fitted. */
  #collectSubscriptions(out: Outgoing, now: number): boolean {
    const due: Subscription[] = []
    for (const subscription of this.subscriptions.values()) if (subscription.needsTurn) due.push(subscription)
    const lacking: Lacking[] = []
    this.#fairShare.divide(due, out, (subscription) => {
      const missing = this.#collectOne(subscription, out, now)
      if (typeof missing === 'string') lacking.push({ subscription, missing })
      return missing === null && subscription.needsTurn
    })
    const hasMore = due.some((each) => each.needsTurn && !lacking.some(({ subscription }) => subscription === each))
    if (lacking.length > 0) this.#fetchFor(lacking)
    if (!hasMore && lacking.length === 0) this.wasBlocked = false
    return hasMore
  }

  /** What a subscription has to say now. Answers what it lacks; undefined: it may say nothing. */
  #collectOne(subscription: Subscription, out: Outgoing, now: number): Missing | null | undefined {
    const ring = subscription.topic?.ring
    if (ring === undefined || this.#isClosing()) return undefined
    if (!this.mayRead(ring)) {
      this.#hooks.reportViolation(this, ring)
      return undefined
    }
    const { marks } = subscription
    const before = out.takenBytes
    const wasCut = out.rest.length > 0
    const missing = subscription.collect(out, now)
    if (!wasCut && out.rest.length > 0) this.#cutRing = ring
    if (marks === null) return missing
    const added = out.takenBytes - before
    if (added > 0) marks.note(subscription.cursor, added)
    return missing
  }

  /** One fetch at a time. */
  #fetchFor(lacking: readonly Lacking[]): void {
    if (this.isFetching || this.#isClosing()) return
    const next = this.#fetchTurns.next(lacking)
    if (next !== undefined) this.#hooks.fetch(this, next.subscription, next.missing)
  }
}
