import { DeliveryFigures } from '../websocket/delivery-figures.ts'
import type { MetricsPage, ReadFigure } from './metrics-page.ts'

type NamesOf<Value> = {
  [Name in keyof DeliveryFigures]: DeliveryFigures[Name] extends Value ? Name : never
}[keyof DeliveryFigures]
type FigureName = NamesOf<number>
type GroupName = NamesOf<Record<string, number>>

type Row = ['gauge' | 'counter', string]

/** Each figure's row; a figure without one does not compile. */
const rows: Record<Exclude<FigureName, 'violationCount'>, Row> = {
  connectionCount: ['gauge', 'connections'],
  openedCount: ['counter', 'opened_connections_total'],
  refusedCount: ['counter', 'refused_connections_total'],
  longPollCount: ['gauge', 'waiting_requests'],
  subscriptionCount: ['gauge', 'subscriptions'],
  unsentBytes: ['gauge', 'unsent_bytes'],
  unackedBytes: ['gauge', 'unacked_bytes'],
  topicCount: ['gauge', 'topics'],
  ringBytes: ['gauge', 'ring_bytes'],
  lagEvents: ['gauge', 'lag_events'],
  lagEventsMax: ['gauge', 'lag_events_max'],
  deliveredCount: ['counter', 'delivered_events_total'],
  resyncCount: ['counter', 'resyncs_total'],
  mergedEventsCount: ['counter', 'merged_events_total'],
  mergedFrameCount: ['counter', 'merged_frames_total'],
  batchCount: ['counter', 'batches_total'],
  mergedSliceBytes: ['gauge', 'merged_slice_bytes'],
  snapshotCount: ['gauge', 'snapshots'],
  pageReadCount: ['counter', 'log_pages_total'],
  dirtyCount: ['gauge', 'writes_waiting'],
}

/** Counts with a label. */
const groups: Record<GroupName, { name: string; label: string }> = {
  closes: { name: 'closes_total', label: 'code' },
  violations: { name: 'violations_total', label: 'kind' },
}

/** Who follows what, and how far behind they are. */
export function addDeliveryMetrics(
  page: MetricsPage,
  { manager, bridge }: { manager: { stats(): DeliveryFigures }; bridge: { readonly filledGapCount: number } },
): void {
  const readStats = oncePerTurn(() => manager.stats())
  for (const [field, [kind, name]] of Object.entries(rows) as [FigureName, Row][]) {
    const figure: ReadFigure = {
      name: `millrace_${name}`,
      help: DeliveryFigures.shape[field].description ?? '',
      read: () => readStats()[field],
    }
    if (kind === 'gauge') page.addGauge(figure)
    else page.addCounter(figure)
  }
  for (const [field, { name, label }] of Object.entries(groups) as [GroupName, (typeof groups)[GroupName]][]) {
    page.addLabelledCounter({
      name: `millrace_${name}`,
      help: DeliveryFigures.shape[field].description ?? '',
      label,
      read: () => readStats()[field],
    })
  }
  page.addGauge({
    name: 'millrace_delivery_held',
    help: '1 while events are held back because rights cannot be read, else 0.',
    read: () => Number(readStats().isHeld),
  })
  page.addCounter({
    name: 'millrace_filled_gaps_total',
    help: 'Times that events were read from the log because the bus had not brought them.',
    read: () => bridge.filledGapCount,
  })
}

/** All rows of a page are asked for in one turn: they are of one moment, and every connection is looked at once. */
function oncePerTurn<Value extends object>(read: () => Value): () => Value {
  let known: Value | null = null
  return () => {
    if (known === null) {
      known = read()
      queueMicrotask(() => {
        known = null
      })
    }
    return known
  }
}
