/** Time as code in `shared` sees it: handed in, so that tests own the clock. */
export interface Timers {
  /** Epoch milliseconds. Somebody may set this clock at any moment, back too: no measure of a span. */
  now(): number
  /** Milliseconds since some moment; never goes back. On some hosts it stands still while the computer sleeps. */
  monotonic(): number
  /** The handle is opaque: a number in browsers, an object in Node. */
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(handle: unknown): void
}

interface Host {
  performance: { now(): number }
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(handle: unknown): void
}

const host = () => globalThis as unknown as Host

/** The host's own clock and timers, looked up at each call so that a test's fake ones are found too. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  monotonic: () => host().performance.now(),
  setTimeout: (callback, delayMs) => host().setTimeout(callback, delayMs),
  clearTimeout: (handle) => host().clearTimeout(handle),
}
