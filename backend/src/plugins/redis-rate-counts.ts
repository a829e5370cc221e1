import { createHash } from 'node:crypto'
import type { LoggerPort } from '@millrace/temporal/ports'
import { Redis } from 'ioredis'
import type { RateCount, SharedRateCounts } from './rate-counts.ts'

/** A request waits no longer than this for a count; a Redis that works answers in one. */
const answerTimeoutMs = 100
const retryMsMax = 2000

/** In one step, so that a key without an end cannot be left behind. */
const countScript = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }`

/** Counts of limits in Redis. Keys are hashed there: they hold addresses and e-mail addresses. */
export class RedisRateCounts implements SharedRateCounts {
  readonly #redis: Redis

  constructor(url: string, logger: LoggerPort) {
    this.#redis = new Redis(url, {
      commandTimeout: answerTimeoutMs,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (tries) => Math.min(retryMsMax, 50 * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2),
    })
    this.#redis.on('error', (error: Error) => {
      logger.debug({ tag: 'redis-error', err: error }, 'Redis does not answer; limits count in this process')
    })
  }

  async increment(key: string, windowMs: number): Promise<RateCount> {
    const name = `millrace:rate:${createHash('sha256').update(key).digest('base64url')}`
    const [current, ttl] = (await this.#redis.eval(countScript, 1, name, windowMs)) as [number, number]
    return { current, ttl }
  }

  close(): void {
    this.#redis.disconnect()
  }
}
