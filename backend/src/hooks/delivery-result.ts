import type { EventDraft } from '@millrace/shared/events'
import { eventId } from '@millrace/shared/events/event-id'
import type { ClaimedDelivery } from '../repositories/hook-deliveries.ts'
import type { AttemptOutcome } from './hook-sender.ts'

/**
 * The event that tells how a delivery ended. The time is part of its identity: a delivery that is asked for again ends
 * again.
 * @param now epoch milliseconds
 */
export function resultDraft(
  { hookId, seq, eventType, attempts }: ClaimedDelivery,
  outcome: AttemptOutcome,
  now: number,
): EventDraft {
  const type = outcome.isDelivered ? ('hook:delivered' as const) : ('hook:failed' as const)
  const base = {
    eventId: `${hookId}:${seq}/${eventId({ nodePath: null, type, attempt: attempts, ordinal: now })}`,
    timestamp: now,
    hookId,
    deliverySeq: seq,
    deliveredType: eventType,
    attempts,
    ...(outcome.status === null ? {} : { responseStatus: outcome.status }),
  }
  return outcome.isDelivered
    ? { type: 'hook:delivered', ...base }
    : { type: 'hook:failed', ...base, reason: outcome.reason }
}
