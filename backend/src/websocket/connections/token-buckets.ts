import { TokenBucket } from './token-bucket.ts'

/** Buckets remembered at the same time; the one used longest ago is forgotten first. */
const bucketsMax = 10_000

/** The same rate for each of many, by key. */
export class TokenBuckets {
  readonly #perSecond: number
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** False: over the rate of this key. `now` in milliseconds. */
  take(key: string, now: number, count = 1): boolean {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#perSecond, now)
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > bucketsMax && oldest !== undefined) this.#buckets.delete(oldest)
    return bucket.take(now, count)
  }
}
