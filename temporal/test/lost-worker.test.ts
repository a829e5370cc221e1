import type { ChildProcess } from 'node:child_process'
import { Client } from '@temporalio/client'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startExecution } from '../src/client/start-execution.ts'
import { createWorkers, type RunningWorkers } from '../src/create-worker.ts'
import { temporalWorkflowId } from '../src/task-queues.ts'
import { createMemoryPorts, type MemoryPorts } from './harness/memory-ports.ts'
import { bundlePath, drawPlan, owner } from './harness/test-engine.ts'
import { startTestServer } from './harness/test-server.ts'
import { startWorkerChild } from './harness/worker-child.ts'

/** design.md §8 asks for 3 s with another worker ready; here the other has to start first, on a busy machine. */
const stallMaxMs = 8000

const plan = drawPlan(
  [
    { id: 'start', type: 'start' },
    // One try: a lost worker must not use it up (R6).
    {
      id: 'draft',
      type: 'llm',
      config: { user: 'fresh' },
      retry: { maxAttempts: 1, initialIntervalMs: 0, backoffCoefficient: 1, maxIntervalMs: 0 },
    },
    { id: 'out', type: 'output', config: { fields: [{ name: 'result', value: '{{ draft.text }}' }] } },
  ],
  ['start>draft', 'draft>out'],
)

let env: TestWorkflowEnvironment
let ports: MemoryPorts
let child: ChildProcess
let workers: RunningWorkers | null

beforeEach(async () => {
  env = await startTestServer()
  ports = createMemoryPorts()
  workers = null
  child = await startWorkerChild(env.address, ports)
})

afterEach(async () => {
  child.kill('SIGKILL')
  await workers?.stop()
  await env.teardown()
})

describe('kill -9 of the worker that runs a step', () => {
  it('costs no attempt of the builder, is told as a retry, and mixes no texts', async () => {
    const client = new Client({ connection: env.nativeConnection })
    await startExecution(client, { executionId: 'lost', owner, plan, input: {} })
    await ports.events.waitFor('lost', 'node:stream')

    child.kill('SIGKILL')
    const killedAt = Date.now()
    workers = await createWorkers({
      connection: env.nativeConnection,
      namespace: 'default',
      ports,
      workflowBundle: { codePath: bundlePath },
      settings: { shutdownGraceMs: 500, shutdownForceMs: 3000 },
    })
    await ports.events.waitFor('lost', 'node:started', ({ nodeId, attempt }) => nodeId === 'draft' && attempt === 2)
    expect(Date.now() - killedAt).toBeLessThan(stallMaxMs)
    await client.workflow.getHandle(temporalWorkflowId('lost')).result()

    const drafted = ports.events.of('lost').filter((event) => 'nodeId' in event && event.nodeId === 'draft')
    const told = drafted.map((event) => `${event.type} ${'attempt' in event ? event.attempt : '-'}`)
    expect(told.filter((line) => /started|retry|completed/.test(line))).toEqual([
      'node:started 1',
      'node:retry 1',
      'node:started 2',
      'node:completed 2',
    ])
    expect(drafted.find(({ type }) => type === 'node:retry')).toMatchObject({ error: { code: 'WORKER_LOST' } })
    expect(ports.events.of('lost').at(-1)).toMatchObject({ type: 'execution:completed', outputs: { result: 'fresh' } })
  })
})
