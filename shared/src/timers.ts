/** Time as code in `shared` sees it: handed in, so that tests own the clock. */
export interface Timers {
  /** Epoch milliseconds. */
  now(): number
  /** The handle is opaque: a number in browsers, an object in Node. */
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(handle: unknown): void
}

interface HostTimers {
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(handle: unknown): void
}

/** The host's own clock and timers, looked up at each call so that a test's fake ones are found too. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => (globalThis as unknown as HostTimers).setTimeout(callback, delayMs),
  clearTimeout: (handle) => (globalThis as unknown as HostTimers).clearTimeout(handle),
}
