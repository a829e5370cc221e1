import { type NativeConnection, Worker } from '@temporalio/worker'
import { createEngineActivities } from './activities/create-engine-activities.ts'
import { createKnowledgeActivities } from './activities/create-knowledge-activities.ts'
import type { Executors } from './activities/run-node.ts'
import type { EnginePorts } from './ports.ts'
import { createEventSink } from './sinks/event-sink.ts'
import { taskQueues } from './task-queues.ts'
import { defaultWorkerSettings, type WorkerSettings } from './worker/worker-settings.ts'

export interface CreateWorkersOptions {
  connection: NativeConnection
  namespace: string
  ports: EnginePorts
  /** Written by `temporal/scripts/build-workflow-bundle.ts`. */
  workflowBundle: { codePath: string }
  settings?: Partial<WorkerSettings>
  /** Effects in place of the product's, for tests. */
  executors?: Executors
}

export interface RunningWorkers {
  /** Rejects when a worker fails for good; resolves after `stop`. */
  finished: Promise<void>
  /** Takes no new work, lets what runs end within the grace time, then resolves. Idempotent, never rejects. */
  stop(): Promise<void>
}

/**
 * Starts the workers of both queues in this process. Call `installRuntime` first, once per process. The
 * caller closes the connection after `stop`.
 */
export async function createWorkers(options: CreateWorkersOptions): Promise<RunningWorkers> {
  const { connection, namespace, ports, workflowBundle, executors } = options
  const settings = { ...defaultWorkerSettings, ...options.settings }
  const shared = {
    connection,
    namespace,
    workflowBundle,
    stickyQueueScheduleToStartTimeout: settings.stickyTimeoutMs,
    maxHeartbeatThrottleInterval: settings.heartbeatThrottleMs,
    shutdownGraceTime: settings.shutdownGraceMs,
    shutdownForceTime: settings.shutdownForceMs,
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
  } as const
  const engine = await Worker.create({
    ...shared,
    taskQueue: taskQueues.engine,
    activities: createEngineActivities(ports, executors),
    sinks: createEventSink(ports.events, ports.logger),
    maxCachedWorkflows: settings.cachedWorkflowsMax,
    maxConcurrentWorkflowTaskExecutions: settings.workflowTasksMax,
    maxConcurrentActivityTaskExecutions: settings.nodeEffectsMax,
  })
  const knowledge = await Worker.create({
    ...shared,
    taskQueue: taskQueues.knowledge,
    activities: createKnowledgeActivities(ports),
    // A document's workflow has a handful of tasks; the engine's cache is the one that counts.
    maxCachedWorkflows: 50,
    maxConcurrentWorkflowTaskExecutions: 5,
    maxConcurrentActivityTaskExecutions: settings.documentsMax,
  })
  return run([engine, knowledge])
}

function run(workers: Worker[]): RunningWorkers {
  const shutDown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
  }
  const runs = workers.map((worker) =>
    worker.run().catch((error: unknown) => {
      // One without the other would take work that nobody finishes.
      shutDown()
      throw error
    }),
  )
  const finished = Promise.all(runs).then(() => undefined)
  // Whoever does not watch must not be hit by an unhandled rejection.
  finished.catch(() => undefined)
  return {
    finished,
    async stop() {
      shutDown()
      await Promise.allSettled(runs)
    },
  }
}
