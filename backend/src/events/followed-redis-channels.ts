import type { Redis } from 'ioredis'

export interface FollowedRedisChannelsOptions {
  subscriber: Redis
  /** Of which Redis channel a topic is; several may share one. */
  channelOf: (topic: string) => string
  /** Listening begins now: what was said on these until now has been missed. */
  onJoined: (isMeant: (topic: string) => boolean) => void
  /** The connection broke meanwhile, and the next one joins them all; or Redis refuses. */
  onRefused: (error: unknown) => void
}

/** Listens to the Redis channels of followed topics, and joins them all again with each new connection. */
export class FollowedRedisChannels {
  readonly #options: FollowedRedisChannelsOptions
  /** How many followed topics each channel has. */
  readonly #topicCounts = new Map<string, number>()

  constructor(options: FollowedRedisChannelsOptions) {
    this.#options = options
    options.subscriber.on('ready', () => this.#join([...this.#topicCounts.keys()]))
  }

  /** False: its channel is listened to already, or being joined. */
  follow(topic: string): boolean {
    const channel = this.#options.channelOf(topic)
    const count = this.#topicCounts.get(channel) ?? 0
    this.#topicCounts.set(channel, count + 1)
    if (count === 0) this.#join([channel])
    return count === 0
  }

  unfollow(topic: string): void {
    const { subscriber, channelOf } = this.#options
    const channel = channelOf(topic)
    const count = this.#topicCounts.get(channel) ?? 0
    if (count > 1) {
      this.#topicCounts.set(channel, count - 1)
      return
    }
    this.#topicCounts.delete(channel)
    if (count === 0 || subscriber.status !== 'ready') return
    // When it fails the connection is gone, and the channel with it.
    subscriber.unsubscribe(channel).catch(() => undefined)
  }

  #join(channels: readonly string[]): void {
    const { subscriber, channelOf, onJoined, onRefused } = this.#options
    if (channels.length === 0 || subscriber.status !== 'ready') return
    const joined = new Set(channels)
    subscriber.subscribe(...channels).then(() => onJoined((topic) => joined.has(channelOf(topic))), onRefused)
  }
}
