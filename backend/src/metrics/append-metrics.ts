import { Counter, Histogram } from 'prom-client'
import type { StoredBatch } from '../events/event-log.ts'
import type { MetricsPage } from './metrics-page.ts'

/** Up to the drafts that one transaction takes, `defaultEventLogLimits.batchDraftsMax`. */
const batchEventsBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500]
/** Seconds: an idle Postgres stores in a few milliseconds, a stalled one takes seconds. */
const durationBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** How this process stores events. */
export function addAppendMetrics(
  { registry }: MetricsPage,
  log: { onBatch(listener: (batch: StoredBatch) => void): () => void },
): void {
  const registers = [registry]
  const batchEvents = new Histogram({
    name: 'millrace_append_batch_events',
    help: 'Events that were stored together, in one transaction.',
    buckets: batchEventsBuckets,
    registers,
  })
  const duration = new Histogram({
    name: 'millrace_append_duration_seconds',
    help: 'Time of such a transaction.',
    buckets: durationBuckets,
    registers,
  })
  const merged = new Counter({
    name: 'millrace_merged_tokens_total',
    help: 'Tokens that share an event with an earlier one: what merging has saved.',
    registers,
  })
  log.onBatch(({ drafts, draftCount, durationMs }) => {
    batchEvents.observe(draftCount)
    duration.observe(durationMs / 1000)
    for (const draft of drafts) {
      if (draft.type === 'node:stream' && draft.tokens !== undefined) merged.inc(Math.max(0, draft.tokens - 1))
    }
  })
}
