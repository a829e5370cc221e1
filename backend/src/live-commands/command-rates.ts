import { AppError } from '@millrace/shared/errors/app-error'
import { RateCounts, type SharedRateCounts } from '../plugins/rate-counts.ts'
import { type Caller, callerKey } from '../policies/caller.ts'
import { TokenBucket } from '../websocket/connections/token-bucket.ts'

/** Callers remembered at the same time; the least recent one is forgotten first. */
const callersMax = 10_000
const windowMs = 60_000

/**
 * How often a caller may have something expensive done, over all its connections: evenly in this process, and per
 * minute over all that share their counts.
 */
export class CommandRates {
  readonly #perMinuteMax: number
  readonly #perSecond: number
  readonly #counts: RateCounts
  readonly #buckets = new Map<string, TokenBucket>()

  constructor({ perMinuteMax, shared }: { perMinuteMax: number; shared: SharedRateCounts | null }) {
    this.#perMinuteMax = perMinuteMax
    this.#perSecond = perMinuteMax / 60
    this.#counts = new RateCounts(shared)
  }

  /** Throws AppError RATE_LIMITED. */
  async take(caller: Caller): Promise<void> {
    const key = callerKey(caller)
    // Before the shared count: what comes too fast costs no question to Redis.
    if (!this.#bucketOf(key).take(Date.now())) {
      throw new AppError('RATE_LIMITED', { retryAfterMs: Math.ceil(1000 / this.#perSecond) })
    }
    const { current, ttl } = await this.#counts.increment(`command:${key}`, windowMs)
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
