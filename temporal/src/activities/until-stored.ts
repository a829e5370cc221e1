import { setTimeout as delay } from 'node:timers/promises'
import { errorCodeOf } from '@millrace/shared/errors/app-error'

/** Backoff while the log cannot be reached: quick at first, for a restart takes a second; then one call a second. */
const firstDelayMs = 20
const longestDelayMs = 1000

/**
 * Repeats a call to a store until the store can be reached again. What was done must not be done again
 * because it could not be written down at once. Other errors pass. Throws the signal's reason when it aborts.
 */
export async function untilStored<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
    try {
      return await call()
    } catch (error) {
      if (errorCodeOf(error) !== 'DATABASE_UNAVAILABLE') throw error
      signal.throwIfAborted()
      await delay(delayMs, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
  }
}
