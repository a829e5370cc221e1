import { randomUUID } from 'node:crypto'
import type { LoggerPort } from '@millrace/temporal/ports'
import { Redis, type RedisOptions } from 'ioredis'
import type { EventBus, EventBusListener } from './event-bus.ts'
import type { StoredEvent } from './event-reader.ts'
import { FollowedRedisChannels } from './followed-redis-channels.ts'
import { channelOf } from './redis-channels.ts'
import { decodeBusMessage, encodeBusMessages } from './redis-message.ts'

export interface RedisEventBusOptions {
  url: string
  logger: LoggerPort
  /** Messages that Redis has not answered yet; beyond it they are dropped, so that a hanging Redis costs no memory. */
  unansweredMax?: number
}

/** With messages of 128 Ki characters at most this bounds the memory; a Redis that works has a few of them. */
const defaultUnansweredMax = 256
const connectTimeoutMs = 5000
const keepAliveMs = 10_000
/** Longest pause between two tries to connect. */
const retryMsMax = 2000

type GapListener = (isMeant: (topic: string) => boolean) => void

/**
 * Tells other processes through Redis, and this one directly. Redis carries news, never truth: while it is away
 * everything is dropped and counted, and after each (re)connection the listeners of `onGap` are asked to look
 * into the log. Nothing here ever waits or fails for who stores events.
 */
export class RedisEventBus implements EventBus {
  readonly #logger: LoggerPort
  readonly #unansweredMax: number
  /** Names this process, for its own messages come back. */
  readonly #origin = randomUUID()
  readonly #publisher: Redis
  readonly #subscriber: Redis
  readonly #listeners = new Set<EventBusListener>()
  readonly #gapListeners = new Set<GapListener>()
  readonly #followed: FollowedRedisChannels
  readonly #away = new Set<string>()
  #unanswered = 0
  #isClosed = false
  publishedCount = 0
  droppedCount = 0
  receivedCount = 0
  malformedCount = 0
  reconnectCount = 0

  constructor({ url, logger, unansweredMax = defaultUnansweredMax }: RedisEventBusOptions) {
    this.#logger = logger
    this.#unansweredMax = unansweredMax
    this.#publisher = this.#connect(url, 'publisher')
    this.#subscriber = this.#connect(url, 'subscriber')
    this.#followed = new FollowedRedisChannels({
      subscriber: this.#subscriber,
      channelOf,
      // What was published until now has been missed.
      onJoined: (isMeant) => {
        for (const listener of this.#gapListeners) listener(isMeant)
      },
      // Polling goes on.
      onRefused: (error) => logger.warn({ tag: 'redis-refused', err: error }, 'Could not listen to channels'),
    })
    this.#subscriber.on('message', (_channel: string, text: string) => this.#handleMessage(text))
  }

  get isConnected(): boolean {
    return this.#publisher.status === 'ready' && this.#subscriber.status === 'ready'
  }

  publish(events: readonly StoredEvent[]): void {
    if (events.length === 0) return
    for (const listener of this.#listeners) listener(events)
    for (const [channel, ofChannel] of Map.groupBy(events, ({ topic }) => channelOf(topic))) {
      for (const { message, eventCount } of encodeBusMessages(this.#origin, ofChannel)) {
        this.#send(channel, message, eventCount)
      }
    }
  }

  subscribe(listener: EventBusListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  onGap(listener: GapListener): () => void {
    this.#gapListeners.add(listener)
    return () => this.#gapListeners.delete(listener)
  }

  follow(topic: string): void {
    this.#followed.follow(topic)
  }

  unfollow(topic: string): void {
    this.#followed.unfollow(topic)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#listeners.clear()
    this.#gapListeners.clear()
    this.#publisher.disconnect()
    this.#subscriber.disconnect()
  }

  #connect(url: string, name: string): Redis {
    const redis = new Redis(url, redisConnectionOptions)
    redis.on('ready', () => {
      if (!this.#away.delete(name)) return
      this.reconnectCount += 1
      this.#logger.info({ tag: 'redis-back', connection: name }, 'Redis answers again')
    })
    redis.on('close', () => this.#noteAway(name, null))
    redis.on('error', (error: Error) => this.#noteAway(name, error))
    return redis
  }

  /** Tells of each absence once, however often connecting fails. */
  #noteAway(name: string, error: Error | null): void {
    if (this.#isClosed || this.#away.has(name)) return
    this.#away.add(name)
    this.#logger.warn({ tag: 'redis-away', connection: name, err: error }, 'Redis is away; events come by polling')
  }

  #send(channel: string, message: string, eventCount: number): void {
    if (this.#publisher.status !== 'ready' || this.#unanswered >= this.#unansweredMax) {
      this.droppedCount += eventCount
      return
    }
    this.#unanswered += 1
    this.#publisher
      .publish(channel, message)
      .then(
        () => {
          this.publishedCount += eventCount
        },
        () => {
          this.droppedCount += eventCount
        },
      )
      .finally(() => {
        this.#unanswered -= 1
      })
  }

  #handleMessage(text: string): void {
    const message = decodeBusMessage(text)
    if (message === null) {
      this.malformedCount += 1
      return
    }
    if (message.from === this.#origin) return
    this.receivedCount += message.events.length
    for (const listener of this.#listeners) listener(message.events)
  }
}

/** Of every connection to Redis, which carries news only. */
export const redisConnectionOptions: RedisOptions = {
  connectTimeout: connectTimeoutMs,
  keepAlive: keepAliveMs,
  // Nothing is kept for later: what was not said in time is read from the log.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // Done by the bus itself, which must know when it is done.
  autoResubscribe: false,
  retryStrategy: (tries) => Math.min(retryMsMax, 50 * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2),
}
