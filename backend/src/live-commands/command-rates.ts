import { AppError } from '@millrace/shared/errors/app-error'
import type { RateCounts } from '../plugins/rate-counts.ts'
import { identityKey } from '../policies/caller.ts'
import { TokenBuckets } from '../websocket/connections/token-buckets.ts'
import type { Identity } from '../websocket/identity.ts'

const windowMs = 60_000

/**
 * How often a caller may have something done, over all its connections and by HTTP together: evenly in this process,
 * and per minute over all that share their counts.
 */
export class CommandRates {
  readonly #perMinuteMax: number
  readonly #perSecond: number
  readonly #counts: RateCounts
  readonly #buckets: TokenBuckets

  /** `counts`: those of requests, so that a command counts as one. */
  constructor({ perMinuteMax, counts }: { perMinuteMax: number; counts: RateCounts }) {
    this.#perMinuteMax = perMinuteMax
    this.#perSecond = perMinuteMax / 60
    this.#buckets = new TokenBuckets(this.#perSecond)
    this.#counts = counts
  }

  /** Throws AppError RATE_LIMITED. */
  async take(identity: Identity): Promise<void> {
    const key = identityKey(identity)
    // Before the shared count: what comes too fast costs no question to Redis.
    if (!this.#buckets.take(key, Date.now())) {
      throw new AppError('RATE_LIMITED', { retryAfterMs: Math.ceil(1000 / this.#perSecond) })
    }
    const { current, ttl } = await this.#counts.increment(`caller:${key}`, windowMs)
    if (current > this.#perMinuteMax) throw new AppError('RATE_LIMITED', { retryAfterMs: ttl })
  }
}
