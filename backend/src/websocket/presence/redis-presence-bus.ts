import { randomUUID } from 'node:crypto'
import { PresenceViewer, presenceLimits } from '@millrace/shared/protocol/presence'
import type { LoggerPort } from '@millrace/temporal/ports'
import { Redis } from 'ioredis'
import { z } from 'zod'
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
  readonly #logger: LoggerPort
  /** Names this process, for its own messages come back. */
  readonly #origin = randomUUID()
  readonly #publisher: Redis
  readonly #subscriber: Redis
  /** How many watched topics each channel has. */
  readonly #followed = new Map<string, number>()
  #listener: PresenceListener | null = null
  #unanswered = 0
  malformedCount = 0

  constructor({ url, logger }: { url: string; logger: LoggerPort }) {
    this.#logger = logger
    this.#publisher = new Redis(url, redisConnectionOptions)
    this.#subscriber = new Redis(url, redisConnectionOptions)
    // The bus of events, which has the same Redis, tells of its absence.
    for (const redis of [this.#publisher, this.#subscriber]) redis.on('error', () => undefined)
    this.#publisher.on('ready', () => this.#tellAll())
    this.#subscriber.on('ready', () => this.#join([...this.#followed.keys()]))
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
    const channel = presenceChannelOf(topic)
    const count = this.#followed.get(channel) ?? 0
    this.#followed.set(channel, count + 1)
    if (count === 0) this.#join([channel])
    else this.#listener?.joined((meant) => meant === topic)
  }

  unfollow(topic: string): void {
    const channel = presenceChannelOf(topic)
    const count = this.#followed.get(channel) ?? 0
    if (count > 1) {
      this.#followed.set(channel, count - 1)
      return
    }
    this.#followed.delete(channel)
    if (count === 0 || this.#subscriber.status !== 'ready') return
    // When it fails the connection is gone, and the channel with it.
    this.#subscriber.unsubscribe(channel).catch(() => undefined)
  }

  async close(): Promise<void> {
    this.#listener = null
    this.#publisher.disconnect()
    this.#subscriber.disconnect()
  }

  #tellAll(): void {
    if (this.#subscriber.status === 'ready') this.#listener?.joined(() => true)
  }

  #join(channels: readonly string[]): void {
    if (channels.length === 0 || this.#subscriber.status !== 'ready') return
    const joined = new Set(channels)
    this.#subscriber.subscribe(...channels).then(
      () => this.#listener?.joined((topic) => joined.has(presenceChannelOf(topic))),
      (error: unknown) => {
        // The connection broke meanwhile, and the next one joins them all.
        this.#logger.warn({ tag: 'redis-refused', err: error }, 'Could not listen for presence')
      },
    )
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
