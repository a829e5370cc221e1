import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createWorkers } from '@millrace/temporal/create-worker'
import type { EnginePorts } from '@millrace/temporal/ports'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { TemporalConnection } from '../temporal/connect.ts'
import type { Closers } from './closers.ts'
import { StartError } from './start-error.ts'

const bundlePath = fileURLToPath(new URL('../../../temporal/dist/workflow-bundle.js', import.meta.url))

export interface WorkerState {
  isRunning(): boolean
}

/** Takes up runs and documents in this process. `onFatal` is told when that ends for good. */
export async function startWorkers(
  config: Config,
  { connection, ports }: { connection: TemporalConnection; ports: EnginePorts },
  closers: Closers,
  { logger, onFatal }: { logger: Logger; onFatal: (error: unknown) => void },
): Promise<WorkerState> {
  if (!existsSync(bundlePath)) {
    throw new StartError(
      `The workflow bundle ${bundlePath} is missing. Build it: npm run build (npm start does it by itself).`,
    )
  }
  const workers = await createWorkers({
    connection: connection.native,
    namespace: connection.namespace,
    ports,
    workflowBundle: { codePath: bundlePath },
    settings: {
      nodeEffectsMax: config.nodes.concurrentStepsMax,
      // Draining comes before everything that the effects need is closed, and must leave time for that.
      shutdownGraceMs: Math.floor(config.shutdownTimeoutMs * 0.4),
      shutdownForceMs: Math.floor(config.shutdownTimeoutMs * 0.6),
    },
  })
  let isRunning = true
  workers.finished.catch(onFatal).finally(() => {
    isRunning = false
  })
  closers.push('workers', () => workers.stop())
  logger.info({ concurrentSteps: config.nodes.concurrentStepsMax }, 'workers ready')
  return { isRunning: () => isRunning }
}
