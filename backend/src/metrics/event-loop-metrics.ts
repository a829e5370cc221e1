import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Gauge } from 'prom-client'
import type { MetricsPage } from './metrics-page.ts'

/** How finely the delay is sampled, milliseconds. */
const resolutionMs = 10
const nanosecondsPerSecond = 1e9

/** How late the event loop is, since the page was last read. Returns how to stop. */
export function addEventLoopMetrics({ registry }: MetricsPage): () => void {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  const gauge = new Gauge({
    name: 'millrace_event_loop_delay_seconds',
    help: 'Delay of the event loop since the page was last read.',
    labelNames: ['quantile'],
    registers: [],
    collect() {
      // Each sample includes the interval itself; without samples everything is 0.
      const beyond = (nanoseconds: number) => Math.max(0, nanoseconds / nanosecondsPerSecond - resolutionMs / 1000)
      this.set({ quantile: '0.5' }, beyond(delay.percentile(50)))
      this.set({ quantile: '0.99' }, beyond(delay.percentile(99)))
      this.set({ quantile: '1' }, beyond(delay.count === 0 ? 0 : delay.max))
      delay.reset()
    },
  })
  registry.registerMetric(gauge)
  return () => delay.disable()
}
