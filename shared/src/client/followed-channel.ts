import { acceptsEvent, type ChannelFilters, filterKey } from '../protocol/channel-filters.ts'
import type { Channel, ChannelEvent } from '../protocol/channels.ts'
import type { ClientMessage, ServerMessageOf } from '../protocol/messages.ts'
import type { AckAddress } from './acknowledger.ts'
import type { ChannelHandlers, FollowedAddress } from './channel-handlers.ts'
import { FoldedList } from './folded-list.ts'
import { Followers } from './followers.ts'
import type { SubscriptionHooks } from './subscription-hooks.ts'
import { SubscriptionProgress } from './subscription-progress.ts'

interface Follower {
  handlers: ChannelHandlers
  filters: ChannelFilters | undefined
}

/** The list is shown at most this often, milliseconds: once per picture of a 60 Hz screen, and less while missed events pour in. */
const itemsIntervalMs = 16
const catchingUpItemsIntervalMs = 100
/** A list that lacks a row is asked for again at most this often, milliseconds; one with more rows than are ever shown, less. */
const renewalIntervalMs = 500
const truncatedRenewalIntervalMs = 30_000

/**
 * A channel that somebody follows: its list and the tail of its topic, filtered. A channel's events are some of its
 * topic's, so their numbers rise with gaps; what is missed while disconnected is replayed from the last number.
 * Followers with different filters share one subscription, which then brings everything and is filtered here.
 */
export class FollowedChannel {
  readonly #address: FollowedAddress
  readonly #channel: Channel
  readonly #hooks: SubscriptionHooks
  readonly #followers: Followers<Follower>
  readonly #progress: SubscriptionProgress
  /** Filter that the server was told; null: none yet. */
  #toldFilterKey: string | null = null
  #topic: string | null = null
  #epoch: string | null = null
  #last: number | null = null
  #list: FoldedList | null = null
  /** The server's list has more rows than it sends. */
  #isTruncated = false
  #itemsTimer: unknown = null
  #renewalTimer: unknown = null

  constructor(address: FollowedAddress, channel: Channel, hooks: SubscriptionHooks) {
    this.#address = address
    this.#channel = channel
    this.#hooks = hooks
    this.#followers = new Followers(hooks, (follower) => this.#greet(follower))
    this.#progress = new SubscriptionProgress(hooks)
  }

  get isSettled(): boolean {
    return this.#progress.isSettled
  }

  get address(): AckAddress {
    const { name: channel, workspaceId } = this.#address
    return { channel, ...(workspaceId === undefined ? {} : { workspaceId }) }
  }

  /** Where its numbers count; null: the server has not said. */
  get topic(): string | null {
    return this.#topic
  }

  /** Last seq that has arrived on this connection; null: nothing to acknowledge. */
  get arrivedSeq(): number | null {
    return this.#progress.isWatching ? this.#last : null
  }

  get followerCount(): number {
    return this.#followers.count
  }

  get isOver(): boolean {
    return this.#progress.isOver
  }

  add(handlers: ChannelHandlers, filters: ChannelFilters | undefined): void {
    const follower = { handlers, filters }
    const isTooLittle = this.#toldFilterKey !== null && !this.#canServe(follower)
    const mustAskAnew = this.#progress.failure === null && isTooLittle
    this.#followers.add(follower, !mustAskAnew && (this.isSettled || this.#list !== null))
    if (mustAskAnew) this.#beginAnew()
  }

  remove(handlers: ChannelHandlers): void {
    const [follower] = [...this.#followers].filter((one) => one.handlers === handlers)
    if (follower !== undefined) this.#followers.remove(follower)
  }

  handleConnected(): void {
    this.#progress.handleConnected()
  }

  handleDisconnected(): void {
    this.#progress.handleDisconnected()
    // Looked at again when it is live.
    this.#cancelRenewal()
  }

  subscribeMessage(id: number): ClientMessage | null {
    if (!this.#progress.ask(id)) return null
    const { name: channel, workspaceId } = this.#address
    const filters = this.#serverFilters([...this.#followers])
    this.#toldFilterKey = filterKey(filters)
    const base = {
      type: 'subscribe',
      id,
      channel,
      ...(workspaceId === undefined ? {} : { workspaceId }),
      ...(filters === undefined ? {} : { filters }),
    } as const
    if (this.#last === null || this.#epoch === null) return base
    return { ...base, since: this.#last, epoch: this.#epoch }
  }

  handleSubscribed({ id, seq, epoch, topic }: ServerMessageOf<'subscribed'>): void {
    if (!this.#progress.isAnswer(id)) return
    this.#progress.begin()
    // A `resync` follows. Should the connection be cut before it comes, nothing of another past must be continued in this one.
    if (this.#epoch !== null && this.#epoch !== epoch) this.#last = null
    this.#epoch = epoch
    this.#topic = topic ?? null
    // With a list its own place counts; cut off before it comes, one begins anew.
    if (this.#channel.list === null) this.#last ??= seq
    this.#hooks.onProgress()
  }

  handleSnapshot({ items, seq, epoch, truncated }: ServerMessageOf<'snapshot'>): void {
    if (this.#progress.phase !== 'catching-up' || items === undefined) return
    this.#last = seq
    this.#epoch = epoch
    if (this.#channel.list === null) return
    this.#list = new FoldedList(this.#channel.list, items)
    this.#isTruncated = truncated === true
    this.#followers.tell((follower) => this.#tellSnapshot(follower))
    this.#showItems(0)
  }

  /** What was missed is too much, or its numbers mean something else now; the list comes anew, or is fetched anew by `onLive`. */
  handleResync(): void {
    if (!this.#progress.isWatching) return
    this.#hooks.counters.resyncCount += 1
    this.#progress.beginAnew()
    this.#last = null
    // The old list stays visible until the snapshot replaces it.
    this.#hooks.onProgress()
  }

  handleCaughtUp({ seq }: ServerMessageOf<'caught_up'>): void {
    if (this.#progress.phase !== 'catching-up') return
    this.#progress.arrive()
    this.#last = Math.max(this.#last ?? 0, seq)
    this.#flushItems()
    // A handler may have closed the client.
    if (this.#progress.isLive) this.#followers.tell(({ handlers }) => handlers.onLive?.())
    this.#renewLater()
    this.#hooks.onProgress()
  }

  /** The events that are sent for it, beside those of an older server, which do not say for which channel they are. */
  isNamed(name: string | undefined): boolean {
    return name === undefined || name === this.#address.name
  }

  /** True: the event belongs to the channel and is new to it. One that is in two channels comes for each of them. */
  handleEvent(event: ChannelEvent): boolean {
    if (!this.#progress.isWatching) return false
    if (!this.#isOfTopic(event.topic) || !this.#channel.shows(event) || event.seq <= (this.#last ?? 0)) return false
    this.#followers.welcome()
    this.#last = event.seq
    if (this.#list?.apply(event) === true)
      this.#showItems(this.#progress.isLive ? itemsIntervalMs : catchingUpItemsIntervalMs)
    this.#renewLater()
    this.#followers.tell(({ handlers, filters }) => {
      if (acceptsEvent(filters, event)) handlers.onEvent?.(event)
    })
    return true
  }

  /** The events of it that were new. */
  handleBatch({ to, events }: ServerMessageOf<'batch'>): ChannelEvent[] {
    const fresh = events.filter((event) => this.handleEvent(event))
    if (this.arrivedSeq !== null) this.#last = Math.max(this.#last ?? 0, to)
    return fresh
  }

  handleError(message: ServerMessageOf<'error'>): void {
    const error = this.#progress.refuse(message)
    if (error !== null) {
      this.#followers.tell(({ handlers }) => handlers.onError?.(error))
    }
    this.#hooks.onProgress()
  }

  dispose(): void {
    this.#followers.clear()
    this.#progress.dispose()
    this.#cancelItems()
    this.#cancelRenewal()
  }

  /** Whether what the server sends now, and the list that is held, are enough for a follower that comes later. */
  #canServe(follower: Follower): boolean {
    const { onItems, onSnapshot } = follower.handlers
    const isToldEnough = filterKey(this.#serverFilters([...this.#followers, follower])) === this.#toldFilterKey
    const needsList = this.#channel.list !== null && (onItems ?? onSnapshot) !== undefined
    const hasList = this.#last === null || this.#list?.isWhole === true
    return isToldEnough && (!needsList || hasList)
  }

  /** The server filters only if all followers want the same. Who holds a list must see rows leave: statuses are compared here then. */
  #serverFilters(followers: readonly Follower[]): ChannelFilters | undefined {
    const [first, ...others] = followers
    if (first?.filters === undefined) return undefined
    const key = filterKey(first.filters)
    if (others.some(({ filters }) => filterKey(filters) !== key)) return undefined
    if (!isListHeld(followers)) return first.filters
    const { statuses: _statuses, ...lasting } = first.filters
    return lasting.workflow_ids === undefined && lasting.execution_ids === undefined ? undefined : lasting
  }

  #isOfTopic(topic: string | undefined): boolean {
    if (this.#topic !== null) return topic === this.#topic
    return topic?.startsWith(`${this.#channel.topic}:`) === true
  }

  /** Asks for the list again, with the filter that is needed now. */
  #beginAnew(): void {
    this.#last = null
    this.#toldFilterKey = null
    this.#progress.await()
  }

  /** Somebody holds the list, and an event was about a row that is not in it. */
  get #isRenewalDue(): boolean {
    return this.#list?.isWhole === false && isListHeld([...this.#followers])
  }

  #renewLater(): void {
    if (!this.#isRenewalDue) return
    this.#renewalTimer ??= this.#hooks.timers.setTimeout(
      () => {
        this.#renewalTimer = null
        if (this.#progress.isLive && this.#isRenewalDue) this.#beginAnew()
      },
      this.#isTruncated ? truncatedRenewalIntervalMs : renewalIntervalMs,
    )
  }

  #greet(follower: Follower): void {
    const { handlers } = follower
    const { contain } = this.#hooks
    const { failure } = this.#progress
    if (failure !== null) contain(() => handlers.onError?.(failure))
    if (failure !== null || this.#last === null) return
    contain(() => this.#tellSnapshot(follower))
    contain(() => this.#tellItems(follower))
    if (this.#progress.isLive) contain(() => handlers.onLive?.())
  }

  #tellSnapshot({ handlers, filters }: Follower): void {
    if (this.#list !== null) handlers.onSnapshot?.(this.#list.items(filters))
  }

  #tellItems({ handlers, filters }: Follower): void {
    if (this.#list !== null) handlers.onItems?.(this.#list.items(filters))
  }

  #showItems(delayMs: number): void {
    // A handler may have been the last follower's farewell.
    if (this.#followers.count === 0) return
    this.#itemsTimer ??= this.#hooks.timers.setTimeout(() => this.#flushItems(), delayMs)
  }

  #flushItems(): void {
    this.#cancelItems()
    this.#followers.tell((follower) => this.#tellItems(follower))
  }

  #cancelItems(): void {
    if (this.#itemsTimer !== null) this.#hooks.timers.clearTimeout(this.#itemsTimer)
    this.#itemsTimer = null
  }

  #cancelRenewal(): void {
    if (this.#renewalTimer !== null) this.#hooks.timers.clearTimeout(this.#renewalTimer)
    this.#renewalTimer = null
  }
}

function isListHeld(followers: readonly Follower[]): boolean {
  return followers.some(({ handlers }) => handlers.onItems !== undefined)
}
