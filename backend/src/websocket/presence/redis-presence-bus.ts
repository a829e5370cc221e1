import { randomUUID } from 'node:crypto'
import { PresenceViewer, presenceLimits } from '@millrace/shared/protocol/presence'
import type { LoggerPort } from '@millrace/temporal/ports'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { FollowedRedisChannels } from '../../events/followed-redis-channels.ts'
import { channelOf } from '../../events/redis-channels.ts'
import { redisConnectionOptions } from '../../events/redis-event-bus.ts'
import type { PresenceBus, PresenceListener, PresenceReport } from './presence-bus.ts'

/** Messages that Redis has not answered yet; beyond it they are dropped, and told again with the next refresh. */
const unansweredMax = 256

/** Checked as everybody who reaches that Redis can write there. */
const Message = z.object({
  from: z.string().max(64),
  topic: z.string().min(1).max(500),
  viewers: z.array(PresenceViewer).max(presenceLimits.viewersMax),
  count: z.int().min(0),
  asks: z.boolean(),
})

/** Presence over Redis pub/sub, beside the events and never with them. While Redis is away each process shows its own. */
export class RedisPresenceBus implements PresenceBus {
  /** Names this process, for its own messages come back. */
  readonly #origin = randomUUID()
  readonly #publisher: Redis
  readonly #subscriber: Redis
  readonly #followed: FollowedRedisChannels
  #listener: PresenceListener | null = null
  #unanswered = 0
  malformedCount = 0

  constructor({ url, logger }: { url: string; logger: LoggerPort }) {
    this.#publisher = new Redis(url, redisConnectionOptions)
    this.#subscriber = new Redis(url, redisConnectionOptions)
    // The bus of events, which has the same Redis, tells of its absence.
    for (const redis of [this.#publisher, this.#subscriber]) redis.on('error', () => undefined)
    this.#publisher.on('ready', () => this.#tellAll())
    this.#followed = new FollowedRedisChannels({
      subscriber: this.#subscriber,
      channelOf: presenceChannelOf,
      onJoined: (isMeant) => this.#listener?.joined(isMeant),
      onRefused: (error) => logger.warn({ tag: 'redis-refused', err: error }, 'Could not listen for presence'),
    })
    this.#subscriber.on('message', (_channel: string, text: string) => this.#handleMessage(text))
  }

  get isConnected(): boolean {
    return this.#publisher.status === 'ready' && this.#subscriber.status === 'ready'
  }

  listen(listener: PresenceListener): void {
    this.#listener = listener
  }

  publish(report: PresenceReport): void {
    if (this.#publisher.status !== 'ready' || this.#unanswered >= unansweredMax) return
    this.#unanswered += 1
    this.#publisher
      .publish(presenceChannelOf(report.topic), JSON.stringify({ from: this.#origin, ...report }))
      .catch(() => undefined)
      .finally(() => {
        this.#unanswered -= 1
      })
  }

  follow(topic: string): void {
    if (!this.#followed.follow(topic)) this.#listener?.joined((meant) => meant === topic)
  }

  unfollow(topic: string): void {
    this.#followed.unfollow(topic)
  }

  async close(): Promise<void> {
    this.#listener = null
    this.#publisher.disconnect()
    this.#subscriber.disconnect()
  }

  #tellAll(): void {
    if (this.#subscriber.status === 'ready') this.#listener?.joined(() => true)
  }

  #handleMessage(text: string): void {
    const message = decode(text)
    if (message === null) {
      this.malformedCount += 1
      return
    }
    const { from, ...report } = message
    if (from !== this.#origin) this.#listener?.hear(from, report)
  }
}

function presenceChannelOf(topic: string): string {
  return channelOf(topic).replace('millrace:events:', 'millrace:presence:')
}

function decode(text: string): z.output<typeof Message> | null {
  try {
    return Message.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
