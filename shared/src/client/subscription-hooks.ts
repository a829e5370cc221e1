import type { ErrorBody } from '../errors/app-error.ts'
import { errorCatalogue } from '../errors/catalogue.ts'
import type { ServerMessageOf } from '../protocol/messages.ts'
import type { Timers } from '../timers.ts'
import type { ConnectionCounters } from './connection-counters.ts'
import type { Contain } from './contained.ts'

/** What a followed thing needs from the client that holds it. */
export interface SubscriptionHooks {
  timers: Timers
  random: () => number
  contain: Contain
  counters: ConnectionCounters
  /** Its subscribe message is due, built when it leaves. */
  requestSubscribe: () => void
  /** Whether it is caught up may have changed. */
  onProgress: () => void
}

export function errorBodyOf(message: ServerMessageOf<'error'>): ErrorBody {
  const { code, message: text, details } = message
  return { code, message: text, ...(details === undefined ? {} : { details }) }
}

export function isWorthRetrying(error: ErrorBody): boolean {
  return errorCatalogue[error.code]?.retryable ?? false
}

/** Faults of one connection, or of a moment on the server: on the next connection the same may succeed. */
const passingWithConnection: readonly string[] = ['INTERNAL', 'TOO_MANY_SUBSCRIPTIONS']

export function endsWithConnection(error: ErrorBody): boolean {
  return passingWithConnection.includes(error.code)
}
