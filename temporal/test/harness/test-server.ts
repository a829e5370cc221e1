import { TestWorkflowEnvironment } from '@temporalio/testing'
import { installRuntime } from '../../src/worker/install-runtime.ts'

/** As the product starts it: without these every step waits 50 ms and every short timer a second. */
const fastServer = [
  'history.transferProcessorMaxPollRPS=5000',
  'history.timerProcessorMaxPollRPS=5000',
  'history.timerProcessorMaxTimeShift="1ms"',
  'system.enableEagerWorkflowStart=true',
  'system.enableActivityEagerExecution=true',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
].flatMap((value) => ['--dynamic-config-value', value])

/** A Temporal server of its own for one test file; its database is in memory. The caller tears it down. */
export async function startTestServer(): Promise<TestWorkflowEnvironment> {
  const path = process.env.MILLRACE_TEMPORAL_BIN
  if (!path)
    throw new Error('MILLRACE_TEMPORAL_BIN is not set; npm test sets it, scripts/provision-temporal.mjs prints it')
  const ignore = () => undefined
  installRuntime({ debug: ignore, info: ignore, warn: ignore, error: ignore })
  return TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path }, extraArgs: fastServer },
  })
}
