import { AppError } from '@millrace/shared/errors/app-error'
import { callTemporal } from '@millrace/temporal/client/temporal-call'
import { taskQueues } from '@millrace/temporal/task-queues'
import type { HealthCheck } from '../health/health-reporter.ts'
import type { Database } from '../repositories/database.ts'
import { isTemporalHealthy, type TemporalConnection } from '../temporal/connect.ts'
import type { WorkerState } from './start-workers.ts'

/** Within the reporter's own bound. */
const callTimeoutMs = 1500
/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const workflowQueueType = 1
/** A poll lasts a minute; a poller not seen for longer is gone. */
const pollerSeenWithinMs = 70_000

/** What the product needs, as far as this process can tell. `worker` null: workers are processes of their own. */
export function createHealthChecks(
  database: Database,
  temporal: TemporalConnection,
  worker: WorkerState | null,
): Record<string, HealthCheck> {
  return {
    async database() {
      await database.ping()
      return database.kind
    },
    async temporal() {
      if (!(await isTemporalHealthy(temporal.client, callTimeoutMs))) throw new AppError('TEMPORAL_UNAVAILABLE')
      return undefined
    },
    async worker() {
      if (worker !== null ? !worker.isRunning() : !(await hasPoller(temporal))) throw new AppError('WORKER_LOST')
      return worker === null ? 'elsewhere' : 'in this process'
    },
  }
}

/** What the product is only slower without. */
export function createBusChecks(redis: { readonly isConnected: boolean }): Record<string, HealthCheck> {
  return {
    async redis() {
      if (!redis.isConnected) throw new Error('not connected')
      return undefined
    },
  }
}

async function hasPoller({ client, namespace }: TemporalConnection): Promise<boolean> {
  const { pollers } = await callTemporal(
    client,
    () =>
      client.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueues.engine },
        taskQueueType: workflowQueueType,
      }),
    callTimeoutMs,
  )
  const seenAfter = Date.now() - pollerSeenWithinMs
  return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > seenAfter)
}
