import { Context } from '@temporalio/activity'

export interface Heartbeats {
  /** Replaces what the next heartbeats carry. */
  set(details: unknown): void
  /** Sends one now; the worker delivers it before it reports a failure. */
  beat(): void
  stop(): void
}

/** Heartbeats per timeout. More than two, so that one late timer on a busy machine is no lost worker. */
const perTimeout = 4

/** Longest pause between two, whatever the timeout: a cancellation arrives with the answer to a heartbeat. */
const intervalMaxMs = 500

/**
 * Keeps the current activity alive and lets its cancellation arrive. None is sent at once: short effects
 * would each pay for a write on the server. The caller stops it.
 */
export function startHeartbeats(timeoutMs: number, details: unknown): Heartbeats {
  const context = Context.current()
  let latest = details
  const beat = () => context.heartbeat(latest)
  const timer = setInterval(beat, Math.min(timeoutMs / perTimeout, intervalMaxMs))
  return {
    set(next) {
      latest = next
    },
    beat,
    stop: () => clearInterval(timer),
  }
}
