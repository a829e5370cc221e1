import { type CloseReaction, closeCodes, reactionTo } from '../protocol/close-codes.ts'

/** Milliseconds. First and greatest span that a delay is drawn from. */
const firstSpanMs = 1000
const spanMaxMs = 30_000
/** A server that leaves has many clients; they spread over this much. */
const leavingSpanMs = 3000
/** A server that asks to back off is left alone for at least this long. */
const backOffMinMs = 5000

/** A connection that lived this long was a success: the next failure starts counting from the first span again. */
export const stableLifeMs = 5000

/**
 * Milliseconds until the next attempt: full jitter, a random part of a span that doubles with each failure,
 * so that clients cut off together do not come back together. `failures` counts attempts in a row without
 * stable life; `random` gives a number from 0 up to 1.
 */
export function reconnectDelayMs(failures: number, closeCode: number | null, random: () => number): number {
  const span = Math.min(spanMaxMs, firstSpanMs * 2 ** Math.min(failures, 10))
  if (closeCode === closeCodes.leaving) return random() * Math.max(span, leavingSpanMs)
  return reconnectMinMs(closeCode) + random() * span
}

/** Milliseconds for which the server has asked to be left alone, whatever a person does. */
export function reconnectMinMs(closeCode: number | null): number {
  return closeCode !== null && reactionTo(closeCode) === 'backOff' ? backOffMinMs : 0
}

/**
 * What to do after a close. The upgrade refuses with 1008 whatever is wrong; a token that merely expired on
 * its way is worth a fresh one.
 */
export function reactionToClose(closeCode: number, reason: string): CloseReaction {
  if (closeCode === closeCodes.policy && reason === 'TOKEN_EXPIRED') return 'refresh'
  return reactionTo(closeCode)
}
