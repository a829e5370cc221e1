import type { MetricsPage } from './metrics-page.ts'

/** What a bus between processes counts, since the start. */
export interface BusFigures {
  readonly isConnected: boolean
  readonly publishedCount: number
  readonly droppedCount: number
  readonly receivedCount: number
  readonly malformedCount: number
  readonly reconnectCount: number
}

export function addBusMetrics(page: MetricsPage, bus: BusFigures): void {
  page.addGauge({
    name: 'millrace_bus_connected',
    help: '1 while Redis can be used, else 0.',
    read: () => Number(bus.isConnected),
  })
  page.addCounter({
    name: 'millrace_bus_published_events_total',
    help: 'Events that other processes were told of through Redis.',
    read: () => bus.publishedCount,
  })
  page.addCounter({
    name: 'millrace_bus_dropped_events_total',
    help: 'Events that they were not told of, because Redis was away or too slow; they read them from the log.',
    read: () => bus.droppedCount,
  })
  page.addCounter({
    name: 'millrace_bus_received_events_total',
    help: 'Events of other processes that Redis brought.',
    read: () => bus.receivedCount,
  })
  page.addCounter({
    name: 'millrace_bus_malformed_messages_total',
    help: 'Messages on our channels that are not ours.',
    read: () => bus.malformedCount,
  })
  page.addCounter({
    name: 'millrace_bus_reconnects_total',
    help: 'Times that Redis was found again.',
    read: () => bus.reconnectCount,
  })
}
