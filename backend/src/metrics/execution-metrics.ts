import type { MetricsPage } from './metrics-page.ts'

/** Runs without an end, of the whole installation: each process shows the same number. */
export function addExecutionMetrics(page: MetricsPage, countOpen: () => Promise<number>): void {
  page.addGauge({
    name: 'millrace_open_executions',
    help: 'Runs without an end, of the whole installation; NaN while the database is away.',
    read: () => countOpen().catch(() => Number.NaN),
  })
}
