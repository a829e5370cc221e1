import { parseChannel, unknownChannel } from '../protocol/channels.ts'
import type { ClientMessage } from '../protocol/messages.ts'
import { asExecutionHandlers, type ChannelHandlers, type ChannelOptions, channelAddress } from './channel-handlers.ts'
import { FollowedChannel } from './followed-channel.ts'
import { type ExecutionHandlers, FollowedExecution } from './followed-execution.ts'
import type { SubscriptionHooks } from './subscription-hooks.ts'

export type Followed = FollowedExecution | FollowedChannel

export interface FollowedSetOptions extends Omit<SubscriptionHooks, 'requestSubscribe'> {
  /** Unique on this client; the answer repeats it. */
  nextId: () => number
  isConnected: () => boolean
  /** Sends when there is room; a newer message of the same key takes the place of an older one. */
  put: (key: string, build: () => ClientMessage | null) => void
  drop: (key: string) => void
  /** Its last follower has left. */
  onEnd: (followed: Followed) => void
}

type UnsubscribeMessage = { type: 'unsubscribe' } & (
  | { executionId: string }
  | { channel: string; workspaceId?: string }
)

/** What a client follows: one subscription for each execution and channel, however many follow it here. */
export class FollowedSet {
  readonly #options: FollowedSetOptions
  readonly #executions = new Map<string, FollowedExecution>()
  readonly #channels = new Map<string, FollowedChannel>()
  /**
   * What the server was asked for on this connection and not yet to let go of, by key: it holds a subscription, or will.
   * At most as many as it allows, and those that are over.
   */
  readonly #asked = new Set<string>()

  constructor(options: FollowedSetOptions) {
    this.#options = options
  }

  get executionCount(): number {
    return this.#executions.size
  }

  get channelCount(): number {
    return this.#channels.size
  }

  execution(executionId: string | undefined): FollowedExecution | undefined {
    return executionId === undefined ? undefined : this.#executions.get(executionId)
  }

  /** By the name and workspace that it was subscribed with. */
  channel(address: Parameters<typeof channelAddress>[0]): FollowedChannel | undefined {
    return this.#channels.get(channelAddress(address))
  }

  /**
   * The channels that an event is sent for: the one of its address. An older server does not say for which channel it
   * is, or not in which workspace; then the topic has to do.
   */
  channelsFor(name: string | undefined, workspaceId: string | undefined): FollowedChannel[] {
    const exact = name === undefined ? undefined : this.channel({ channel: name, workspaceId })
    return exact === undefined ? [...this.#channels.values()].filter((channel) => channel.isNamed(name)) : [exact]
  }

  *[Symbol.iterator](): Iterator<Followed> {
    yield* this.#executions.values()
    yield* this.#channels.values()
  }

  get isSettled(): boolean {
    for (const followed of this) if (!followed.isSettled) return false
    return true
  }

  handleConnected(): void {
    for (const followed of this) followed.handleConnected()
  }

  /** Nothing of the old connection is left on the server. */
  handleDisconnected(): void {
    this.#asked.clear()
    for (const followed of this) followed.handleDisconnected()
  }

  followExecution(executionId: string, handlers: ExecutionHandlers): () => void {
    const key = `execution:${executionId}`
    const known = this.#executions.get(executionId)
    const hooks = () => this.#hooksFor(key, () => this.#executions.get(executionId))
    const followed = known ?? new FollowedExecution(executionId, hooks())
    this.#executions.set(executionId, followed)
    // An own object per call: the same handlers given twice are two followers.
    const own = { ...handlers }
    followed.add(own)
    if (known === undefined) this.#begin(followed)
    return () => {
      followed.remove(own)
      if (followed.followerCount > 0 || this.#executions.get(executionId) !== followed) return
      this.#executions.delete(executionId)
      this.#end(key, followed, () => ({ type: 'unsubscribe', executionId }))
    }
  }

  followChannel(name: string, handlers: ChannelHandlers, { workspaceId, filters }: ChannelOptions): () => void {
    const channel = parseChannel(name) ?? unknownChannel
    if (channel.topic === 'execution') return this.followExecution(channel.id ?? '', asExecutionHandlers(handlers))
    const address = channelAddress({ channel: name, workspaceId })
    const key = `channel:${address}`
    const known = this.#channels.get(address)
    const hooks = () => this.#hooksFor(key, () => this.#channels.get(address))
    const followed = known ?? new FollowedChannel({ name, workspaceId }, channel, hooks())
    this.#channels.set(address, followed)
    const own = { ...handlers }
    followed.add(own, filters)
    if (known === undefined) this.#begin(followed)
    return () => {
      followed.remove(own)
      if (followed.followerCount > 0 || this.#channels.get(address) !== followed) return
      this.#channels.delete(address)
      const place = workspaceId === undefined ? {} : { workspaceId }
      this.#end(key, followed, () => ({ type: 'unsubscribe', channel: name, ...place }))
    }
  }

  #hooksFor(key: string, current: () => Followed | undefined): SubscriptionHooks {
    const { timers, random, contain, counters, onProgress, isConnected, put, nextId } = this.#options
    return {
      timers,
      random,
      contain,
      counters,
      onProgress,
      requestSubscribe: () => {
        if (!isConnected()) return
        put(key, () => {
          const message = current()?.subscribeMessage(nextId()) ?? null
          if (message !== null) this.#asked.add(key)
          return message
        })
      },
    }
  }

  #begin(followed: Followed): void {
    if (this.#options.isConnected()) followed.handleConnected()
  }

  #end(key: string, followed: Followed, unsubscribe: () => UnsubscribeMessage): void {
    const { isConnected, put, drop, onEnd, onProgress } = this.#options
    const { isOver } = followed
    followed.dispose()
    drop(key)
    onEnd(followed)
    // The server has let go of what is over by itself.
    if (isOver) this.#asked.delete(key)
    if (this.#asked.has(key) && isConnected()) {
      put(key, () => {
        this.#asked.delete(key)
        return unsubscribe()
      })
    }
    onProgress()
  }
}
