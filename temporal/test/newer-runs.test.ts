import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { engineVersionMax } from '@millrace/shared/engine/engine-version'
import type { Plan } from '@millrace/shared/engine/plan'
import { Client } from '@temporalio/client'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startExecution } from '../src/client/start-execution.ts'
import { createWorkers } from '../src/create-worker.ts'
import { temporalWorkflowId } from '../src/task-queues.ts'
import { createMemoryPorts } from './harness/memory-ports.ts'
import { bundlePath, drawPlan, owner } from './harness/test-engine.ts'
import { startTestServer } from './harness/test-server.ts'

const nextVersion = engineVersionMax + 1

const plan = drawPlan(
  [
    { id: 'start', type: 'start' },
    { id: 'out', type: 'output', config: { fields: [{ name: 'said', value: 'done' }] } },
  ],
  ['start>out'],
)

/** The workflow code of the next version: this one's, which says that it knows one version more. */
async function writeNextBundle(folder: string): Promise<string> {
  const declared = `engineVersionMax = ${engineVersionMax}`
  const code = await readFile(bundlePath, 'utf8')
  expect(code.split(declared)).toHaveLength(2)
  const codePath = join(folder, 'next-bundle.js')
  await writeFile(codePath, code.replace(declared, `engineVersionMax = ${nextVersion}`))
  return codePath
}

describe('a run that needs a newer engine than the worker has', () => {
  const ports = createMemoryPorts()
  const executionId = 'newer'
  let env: TestWorkflowEnvironment
  let folder: string
  beforeAll(async () => {
    env = await startTestServer()
    folder = await mkdtemp(join(tmpdir(), 'millrace-newer-'))
  })
  afterAll(async () => {
    await env.teardown()
    await rm(folder, { recursive: true })
  })

  const openWorkers = (codePath: string) =>
    createWorkers({
      connection: env.nativeConnection,
      namespace: env.namespace ?? 'default',
      ports,
      workflowBundle: { codePath },
      settings: { shutdownGraceMs: 500, shutdownForceMs: 3000 },
    })

  it('is neither begun nor ended there, and goes on with the newer worker that comes', async () => {
    const client = new Client({ connection: env.nativeConnection })
    const handle = client.workflow.getHandle(temporalWorkflowId(executionId))
    const failureOf = async () => {
      const { events } = await handle.fetchHistory()
      return events?.find((event) => event.workflowTaskFailedEventAttributes)?.workflowTaskFailedEventAttributes
        ?.failure
    }
    const older = await openWorkers(bundlePath)
    try {
      const newerPlan = { ...plan, engineVersion: nextVersion as Plan['engineVersion'] }
      await startExecution(client, { executionId, owner, plan: newerPlan, input: {} })
      await expect.poll(failureOf, { timeout: 20_000 }).toMatchObject({
        message: `This worker knows engine versions up to ${engineVersionMax}; the run needs ${nextVersion}.`,
      })
      expect((await handle.describe()).status.name).toBe('RUNNING')
      expect(ports.events.of(executionId)).toEqual([])
    } finally {
      await older.stop()
    }
    const newer = await openWorkers(await writeNextBundle(folder))
    try {
      await handle.result()
    } finally {
      await newer.stop()
    }
    const outputs = { said: 'done' }
    expect(ports.events.of(executionId).at(-1)).toMatchObject({ type: 'execution:completed', outputs })
  })
})
