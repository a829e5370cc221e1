import type { MetricsPage } from './metrics-page.ts'

/** What delivery counts, in this process. */
export interface DeliveryFigures {
  connectionCount: number
  subscriptionCount: number
  unsentBytes: number
  unackedBytes: number
  topicCount: number
  ringBytes: number
  lagEvents: number
  lagEventsMax: number
  deliveredCount: number
  resyncCount: number
  mergedEventsCount: number
  mergedFrameCount: number
  batchCount: number
  violationCount: number
  isHeld: boolean
}

/** Who follows what, and how far behind they are. */
export function addDeliveryMetrics(
  page: MetricsPage,
  { manager, bridge }: { manager: { stats(): DeliveryFigures }; bridge: { readonly filledGapCount: number } },
): void {
  const figure = (name: string, help: string, field: Exclude<keyof DeliveryFigures, 'isHeld'>) => ({
    name: `millrace_${name}`,
    help,
    read: () => manager.stats()[field],
  })
  page.addGauge(figure('connections', 'Sockets that are open.', 'connectionCount'))
  page.addGauge(figure('subscriptions', 'Executions and channels they follow.', 'subscriptionCount'))
  page.addGauge(figure('unsent_bytes', 'Bytes that wait for readers slower than what they read.', 'unsentBytes'))
  page.addGauge(
    figure(
      'unacked_bytes',
      'Bytes sent to readers who acknowledge, and have not yet acknowledged them.',
      'unackedBytes',
    ),
  )
  page.addGauge(figure('topics', 'Topics with a ring in memory.', 'topicCount'))
  page.addGauge(figure('ring_bytes', 'Memory of all rings.', 'ringBytes'))
  page.addGauge(figure('lag_events', 'Events between readers and the heads of their topics, together.', 'lagEvents'))
  page.addGauge(figure('lag_events_max', 'The same of the reader that is furthest behind.', 'lagEventsMax'))
  page.addCounter(figure('delivered_events_total', 'Events written to sockets.', 'deliveredCount'))
  page.addCounter(figure('resyncs_total', 'Readers who had to begin anew with the folded state.', 'resyncCount'))
  page.addCounter(
    figure('merged_events_total', 'Events that readers who were behind were told merged.', 'mergedEventsCount'),
  )
  page.addCounter(figure('merged_frames_total', 'Messages that stood for them.', 'mergedFrameCount'))
  page.addCounter(figure('batches_total', 'Those of them with several streams in one.', 'batchCount'))
  page.addCounter(
    figure(
      'violations_total',
      'Must be 0: writes stopped because the topic is of another workspace.',
      'violationCount',
    ),
  )
  page.addGauge({
    name: 'millrace_delivery_held',
    help: '1 while events are held back because rights cannot be read, else 0.',
    read: () => Number(manager.stats().isHeld),
  })
  page.addCounter({
    name: 'millrace_filled_gaps_total',
    help: 'Times that events were read from the log because the bus had not brought them.',
    read: () => bridge.filledGapCount,
  })
}
