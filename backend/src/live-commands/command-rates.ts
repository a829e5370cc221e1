import { AppError } from '@millrace/shared/errors/app-error'
import type { RateCounts } from '../plugins/rate-counts.ts'
import { identityKey } from '../policies/caller.ts'
import { TokenBucket } from '../websocket/connections/token-bucket.ts'
import type { Identity } from '../websocket/identity.ts'

/** Callers remembered at the same time; the least recent one is forgotten first. */
const callersMax = 10_000
const windowMs = 60_000

/**
 * How often a caller may have something done, over all its connections and by HTTP together: evenly in this process,
 * and per minute over all that share their counts.
 */
export class CommandRates {
  readonly #perMinuteMax: number
  readonly #perSecond: number
  readonly #counts: RateCounts
  readonly #buckets = new Map<string, TokenBucket>()

  /** `counts`: those of requests, so that a command counts as one. */
  constructor({ perMinuteMax, counts }: { perMinuteMax: number; counts: RateCounts }) {
    this.#perMinuteMax = perMinuteMax
    this.#perSecond = perMinuteMax / 60
    this.#counts = counts
  }

  /** Throws AppError RATE_LIMITED. */
  async take(identity: Identity): Promise<void> {
    const key = identityKey(identity)
    // Before the shared count: what comes too fast costs no question to Redis.
    if (!this.#bucketOf(key).take(Date.now())) {
      throw new AppError('RATE_LIMITED', { retryAfterMs: Math.ceil(1000 / this.#perSecond) })
    }
    const { current, ttl } = await this.#counts.increment(`caller:${key}`, windowMs)
    if (current > this.#perMinuteMax) throw new AppError('RATE_LIMITED', { retryAfterMs: ttl })
  }

  #bucketOf(key: string): TokenBucket {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#perSecond, Date.now())
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > callersMax && oldest !== undefined) this.#buckets.delete(oldest)
    return bucket
  }
}
