import type { MetricsPage } from './metrics-page.ts'

export function addEmitterMetrics(page: MetricsPage, emitter: { readonly failedListenerCount: number }): void {
  page.addCounter({
    name: 'millrace_failed_listeners_total',
    help: 'Listeners for events that threw.',
    read: () => emitter.failedListenerCount,
  })
}
