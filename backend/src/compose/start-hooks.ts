import type { EventLog } from '../events/event-log.ts'
import { HookDispatcher, type HookDispatcherDeps } from '../hooks/hook-dispatcher.ts'
import { createHookSender } from '../hooks/hook-sender.ts'
import { addHookMetrics } from '../metrics/hook-metrics.ts'
import type { MetricsPage } from '../metrics/metrics-page.ts'
import { countWaitingDeliveries } from '../repositories/hook-deliveries.ts'
import type { Closers } from './closers.ts'

/** Tells hooks of events. In the processes that run workflows: those that serve are not to wait for other people's servers. */
export function startHooks(
  {
    eventLog,
    allowPrivateAddresses,
    metrics,
    ...deps
  }: Omit<HookDispatcherDeps, 'sender'> & {
    eventLog: EventLog
    metrics: MetricsPage
    allowPrivateAddresses: boolean
  },
  closers: Closers,
): void {
  const sender = createHookSender({ allowPrivateAddresses, allowedHosts: [] })
  closers.push('hook sender', () => sender.close())
  const dispatcher = new HookDispatcher({ ...deps, sender })
  addHookMetrics(metrics, dispatcher, () => countWaitingDeliveries(deps.database.orm))
  const stopListening = eventLog.onCommit((stored) => {
    if (stored.some(({ topic }) => topic.startsWith('workspace:'))) dispatcher.nudge()
  })
  dispatcher.start()
  closers.push('hooks', () => {
    stopListening()
    return dispatcher.stop()
  })
}
