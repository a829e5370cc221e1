import type { EventLog } from '../events/event-log.ts'
import type { WorkflowEventEmitter } from '../events/workflow-event-emitter.ts'
import { addAppendMetrics } from '../metrics/append-metrics.ts'
import { addEmitterMetrics } from '../metrics/emitter-metrics.ts'
import { addEventLoopMetrics } from '../metrics/event-loop-metrics.ts'
import { addExecutionMetrics } from '../metrics/execution-metrics.ts'
import { MetricsPage } from '../metrics/metrics-page.ts'
import type { Database } from '../repositories/database.ts'
import { countOpenExecutions } from '../repositories/executions.ts'
import type { Closers } from './closers.ts'

/** The metrics that every process has; delivery adds its own where something is served. */
export function createMetrics(
  { database, eventLog, emitter }: { database: Database; eventLog: EventLog; emitter: WorkflowEventEmitter },
  closers: Closers,
): MetricsPage {
  const page = new MetricsPage()
  addAppendMetrics(page, eventLog)
  addEmitterMetrics(page, emitter)
  addExecutionMetrics(page, () => countOpenExecutions(database.orm))
  closers.push('event loop metrics', addEventLoopMetrics(page))
  return page
}
