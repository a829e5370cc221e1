import type { RetryPolicy } from '@millrace/shared/graph/workflow-definition'

/** Longest wait that another side can impose by `Retry-After`. */
const askedDelayMaxMs = 5 * 60_000

/** Milliseconds until the next attempt after `failures` real ones; never shorter than what the other side asked for. */
export function retryDelayMs(policy: RetryPolicy, failures: number, askedMs = 0): number {
  const { initialIntervalMs, backoffCoefficient, maxIntervalMs } = policy
  const backoffMs = Math.min(initialIntervalMs * backoffCoefficient ** (failures - 1), maxIntervalMs)
  return Math.round(Math.max(backoffMs, Math.min(askedMs, askedDelayMaxMs)))
}
