import type { MetricsPage } from './metrics-page.ts'

/** What a dispatcher counts, since the start. */
export interface HookFigures {
  readonly deliveredCount: number
  readonly failedCount: number
}

/** How hooks are told of events. */
export function addHookMetrics(page: MetricsPage, hooks: HookFigures, countWaiting: () => Promise<number>): void {
  page.addCounter({
    name: 'millrace_hooks_delivered_total',
    help: 'Events that hooks took from this process.',
    read: () => hooks.deliveredCount,
  })
  page.addCounter({
    name: 'millrace_hooks_failed_total',
    help: 'Events that this process gave up telling a hook of.',
    read: () => hooks.failedCount,
  })
  page.addGauge({
    name: 'millrace_hooks_waiting',
    help: 'Events that hooks are still to be told of, of the whole installation; NaN while the database is away.',
    read: () => countWaiting().catch(() => Number.NaN),
  })
}
