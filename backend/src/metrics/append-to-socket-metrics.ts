import { Histogram } from 'prom-client'
import type { MetricsPage } from './metrics-page.ts'

/** Seconds: within a process it is less than a millisecond, through Redis a few, through the polling of the log up to a second and a half. */
const buckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10]

/**
 * How long events take from their commit to the socket, by whichever way they came; where that was the log, from when
 * they were being stored. `onLiveWrite` gives milliseconds.
 */
export function addAppendToSocketMetrics(
  { registry }: MetricsPage,
  writes: { onLiveWrite(listener: (waitedMs: number) => void): () => void },
): void {
  const waited = new Histogram({
    name: 'millrace_append_to_socket_seconds',
    help: 'From the commit of an event to its frame being written; of each write to a caught-up reader the oldest event.',
    buckets,
    registers: [registry],
  })
  writes.onLiveWrite((waitedMs) => waited.observe(waitedMs / 1000))
}
