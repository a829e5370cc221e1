import type { ErrorBody } from '../errors/app-error.ts'
import type { WorkflowEvent } from '../events/index.ts'
import type { Channel } from '../protocol/channels.ts'
import type { ClientMessage, ServerMessageOf } from '../protocol/messages.ts'
import { errorBodyOf, isWorthRetrying, type SubscriptionHooks, subscriptionRetryMs } from './subscription-hooks.ts'

export interface ChannelHandlers {
  /** Each event once and in order, from the moment of following. */
  onEvent?(event: WorkflowEvent): void
  /** After each subscribe and resubscribe, when the tail is live: fetch the list now and nothing is missed. */
  onLive?(): void
  onError?(error: ErrorBody): void
}

/**
 * A channel that somebody follows: the live tail of a topic, filtered. A channel's events are some of its
 * topic's, so their numbers rise with gaps; what is missed while disconnected is replayed from the last number.
 */
export class FollowedChannel {
  readonly name: string
  readonly #channel: Channel
  readonly #hooks: SubscriptionHooks
  readonly #followers = new Set<ChannelHandlers>()
  #phase: 'awaiting' | 'catching-up' | 'live' | 'failed' = 'awaiting'
  #awaitedId: number | null = null
  #epoch: string | null = null
  #last: number | null = null
  #failures = 0
  #failure: ErrorBody | null = null
  #retryTimer: unknown = null

  constructor(name: string, channel: Channel, hooks: SubscriptionHooks) {
    this.name = name
    this.#channel = channel
    this.#hooks = hooks
  }

  get isSettled(): boolean {
    return this.#phase === 'live' || this.#phase === 'failed'
  }

  get followerCount(): number {
    return this.#followers.size
  }

  get isSubscribed(): boolean {
    return this.#awaitedId !== null || this.#phase === 'catching-up' || this.#phase === 'live'
  }

  add(handlers: ChannelHandlers): void {
    this.#followers.add(handlers)
    if (!this.isSettled) return
    this.#hooks.timers.setTimeout(() => this.#welcome(handlers), 0)
  }

  remove(handlers: ChannelHandlers): void {
    this.#followers.delete(handlers)
  }

  handleConnected(): void {
    if (this.#phase !== 'failed') this.#await()
  }

  handleDisconnected(): void {
    this.#awaitedId = null
    if (this.#retryTimer !== null) this.#hooks.timers.clearTimeout(this.#retryTimer)
    this.#retryTimer = null
    if (this.#phase !== 'failed') this.#phase = 'awaiting'
  }

  subscribeMessage(id: number): ClientMessage | null {
    if (this.#phase !== 'awaiting') return null
    this.#awaitedId = id
    const base = { type: 'subscribe', id, channel: this.name } as const
    if (this.#last === null || this.#epoch === null) return base
    return { ...base, since: this.#last, epoch: this.#epoch }
  }

  handleSubscribed({ id, seq, epoch }: ServerMessageOf<'subscribed'>): void {
    if (id !== this.#awaitedId) return
    this.#awaitedId = null
    this.#phase = 'catching-up'
    this.#failures = 0
    this.#epoch = epoch
    this.#last ??= seq
    this.#hooks.onProgress()
  }

  /** What was missed is too much, or its numbers mean something else now: the list is fetched anew by `onLive`. */
  handleResync(): void {
    if (this.#phase === 'awaiting') return
    this.#hooks.counters.resyncCount += 1
    this.#phase = 'catching-up'
    this.#last = null
    this.#hooks.onProgress()
  }

  handleCaughtUp({ seq }: ServerMessageOf<'caught_up'>): void {
    if (this.#phase !== 'catching-up') return
    this.#phase = 'live'
    this.#last = Math.max(this.#last ?? 0, seq)
    for (const { onLive } of this.#followers) if (onLive) this.#hooks.contain(() => onLive())
    this.#hooks.onProgress()
  }

  /** True: the event belongs to the channel and is new to it. Frames do not name the channel; an event in two of them comes twice. */
  handleEvent(event: WorkflowEvent): boolean {
    if (this.#phase !== 'catching-up' && this.#phase !== 'live') return false
    if (event.topic?.startsWith(`${this.#channel.topic}:`) !== true || !this.#channel.accepts(event)) return false
    if (event.seq <= (this.#last ?? 0)) return false
    this.#last = event.seq
    for (const { onEvent } of this.#followers) if (onEvent) this.#hooks.contain(() => onEvent(event))
    return true
  }

  handleError(message: ServerMessageOf<'error'>): void {
    if (message.id !== undefined && message.id !== this.#awaitedId) return
    this.#awaitedId = null
    const error = errorBodyOf(message)
    if (isWorthRetrying(error)) {
      this.#phase = 'awaiting'
      const delayMs = subscriptionRetryMs(this.#failures, this.#hooks.random)
      this.#failures += 1
      this.#retryTimer ??= this.#hooks.timers.setTimeout(() => {
        this.#retryTimer = null
        if (this.#phase === 'awaiting' && this.#awaitedId === null) this.#await()
      }, delayMs)
    } else {
      this.#phase = 'failed'
      this.#failure = error
      for (const { onError } of this.#followers) if (onError) this.#hooks.contain(() => onError(error))
    }
    this.#hooks.onProgress()
  }

  dispose(): void {
    this.#followers.clear()
    if (this.#retryTimer !== null) this.#hooks.timers.clearTimeout(this.#retryTimer)
    this.#retryTimer = null
    this.#phase = 'failed'
  }

  #await(): void {
    this.#phase = 'awaiting'
    this.#awaitedId = null
    this.#hooks.requestSubscribe()
    this.#hooks.onProgress()
  }

  #welcome(handlers: ChannelHandlers): void {
    if (!this.#followers.has(handlers)) return
    const failure = this.#failure
    if (failure !== null) this.#hooks.contain(() => handlers.onError?.(failure))
    else if (this.#phase === 'live') this.#hooks.contain(() => handlers.onLive?.())
  }
}
