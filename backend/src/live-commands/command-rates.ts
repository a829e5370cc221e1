import { AppError } from '@millrace/shared/errors/app-error'
import { type Caller, callerKey } from '../policies/caller.ts'
import { TokenBucket } from '../websocket/connections/token-bucket.ts'

/** Callers remembered at the same time; the least recent one is forgotten first. */
const callersMax = 10_000

/** How often a caller may have something expensive done, over all its connections to this process. */
export class CommandRates {
  readonly #perSecond: number
  readonly #buckets = new Map<string, TokenBucket>()

  constructor({ perMinuteMax }: { perMinuteMax: number }) {
    this.#perSecond = perMinuteMax / 60
  }

  /** Throws AppError RATE_LIMITED. */
  take(caller: Caller): void {
    const key = callerKey(caller)
    const now = Date.now()
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#perSecond, now)
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > callersMax && oldest !== undefined) this.#buckets.delete(oldest)
    if (!bucket.take(now)) throw new AppError('RATE_LIMITED', { retryAfterMs: Math.ceil(1000 / this.#perSecond) })
  }
}
