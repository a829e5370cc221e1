import { callbackify } from 'node:util'

/** How often something happened in its window, and when the window ends. */
export interface RateCount {
  current: number
  /** Milliseconds until it counts from nothing again. */
  ttl: number
}

/** Counts that all processes share. */
export interface SharedRateCounts {
  /** Counts once more. Rejects when it cannot be had in time; then the own count has to do. */
  increment(key: string, windowMs: number): Promise<RateCount>
}

/** Keys counted at the same time; the one counted longest ago is forgotten first. */
const keysMax = 10_000

/**
 * Counts by key in fixed windows, here and in what the processes share: the higher one counts. So a limit
 * holds for the installation while the shared counts are there, and for each process while they are not.
 */
export class RateCounts {
  readonly #shared: SharedRateCounts | null
  readonly #windows = new Map<string, { count: number; endsAt: number }>()

  constructor(shared: SharedRateCounts | null) {
    this.#shared = shared
  }

  /** Counts once more. Never rejects. */
  async increment(key: string, windowMs: number): Promise<RateCount> {
    const own = this.#count(key, windowMs, Date.now())
    const shared = await this.#shared?.increment(key, windowMs).catch(() => null)
    return shared != null && shared.current > own.current ? shared : own
  }

  /** The same in the plugin's form. */
  incr(key: string, done: (error: Error | null, result?: RateCount) => void, windowMs: number): void {
    callbackify(() => this.increment(key, windowMs))(done)
  }

  /** Routes have no counts of their own. */
  child(): this {
    return this
  }

  #count(key: string, windowMs: number, now: number): RateCount {
    const known = this.#windows.get(key)
    const window = known !== undefined && known.endsAt > now ? known : { count: 0, endsAt: now + windowMs }
    window.count += 1
    this.#windows.delete(key)
    this.#windows.set(key, window)
    const [oldest] = this.#windows.keys()
    if (this.#windows.size > keysMax && oldest !== undefined) this.#windows.delete(oldest)
    return { current: window.count, ttl: window.endsAt - now }
  }
}
