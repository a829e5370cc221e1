import type { ChildProcess } from 'node:child_process'
import { Client } from '@temporalio/client'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answerPrompt } from '../src/client/answer-prompt.ts'
import { pauseExecution, resumeExecution } from '../src/client/pause-execution.ts'
import { startExecution } from '../src/client/start-execution.ts'
import { createWorkers, type RunningWorkers } from '../src/create-worker.ts'
import { temporalWorkflowId } from '../src/task-queues.ts'
import { createMemoryPorts, type MemoryPorts, resultOf } from './harness/memory-ports.ts'
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

function startWorkers(): Promise<RunningWorkers> {
  return createWorkers({
    connection: env.nativeConnection,
    namespace: 'default',
    ports,
    workflowBundle: { codePath: bundlePath },
    settings: { shutdownGraceMs: 200, shutdownForceMs: 3000 },
  })
}

describe('kill -9 of the worker that runs a step', () => {
  it('costs no attempt of the builder, is told as a retry, and mixes no texts', async () => {
    const client = new Client({ connection: env.nativeConnection })
    await startExecution(client, { executionId: 'lost', owner, plan, input: {} })
    await ports.events.waitFor('lost', 'node:stream')

    child.kill('SIGKILL')
    const killedAt = Date.now()
    workers = await startWorkers()
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

describe('kill -9 of the worker while a run is paused', () => {
  const asking = drawPlan(
    [
      { id: 'start', type: 'start' },
      { id: 'ask', type: 'prompt', config: { kind: 'approve', title: 'Right?' } },
      { id: 'draft', type: 'llm', config: { user: 'fresh' } },
      { id: 'out', type: 'output', config: { fields: [{ name: 'result', value: '{{ draft.text }}' }] } },
    ],
    ['start>ask', 'ask:approve>draft', 'draft>out'],
  )

  it('leaves it paused for the next one, answers included', async () => {
    const executionId = 'held'
    const client = new Client({ connection: env.nativeConnection })
    const by = { userId: 'u1', name: 'Ada' }
    await startExecution(client, { executionId, owner, plan: asking, input: {} })
    const { requestId } = await ports.events.waitFor(executionId, 'user:input:required')
    await pauseExecution(client, { executionId, by, idempotencyKey: 'p' })
    child.kill('SIGKILL')
    workers = await startWorkers()
    const answer = { requestId, response: { choice: 'approve' }, answeredBy: by, idempotencyKey: 'a' }
    await answerPrompt(client, { executionId, ...answer })
    const told = ports.events.types(executionId)
    expect(told.filter((type) => type === 'execution:paused')).toHaveLength(1)
    expect(told).not.toContain('execution:resumed')
    expect(ports.calls).toEqual([])
    await resumeExecution(client, { executionId, by, idempotencyKey: 'r' })
    await client.workflow.getHandle(temporalWorkflowId(executionId)).result()
    expect(ports.events.of(executionId).at(-1)).toMatchObject({ type: 'execution:completed' })
  })
})

describe('a worker that is told to stop', () => {
  it('gives a step up that does not end, and the next worker takes it over as another attempt', async () => {
    child.kill('SIGKILL')
    let attempts = 0
    ports.models.generate = async ({ user, onText, signal }) => {
      await onText(user, 1)
      attempts += 1
      if (attempts === 1)
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      return resultOf(user)
    }
    const client = new Client({ connection: env.nativeConnection })
    const first = await startWorkers()
    await startExecution(client, { executionId: 'handed-over', owner, plan, input: {} })
    await ports.events.waitFor('handed-over', 'node:stream')
    await first.stop()
    workers = await startWorkers()
    await client.workflow.getHandle(temporalWorkflowId('handed-over')).result()
    const retry = ports.events.of('handed-over').find(({ type }) => type === 'node:retry')
    expect(retry).toMatchObject({ attempt: 1, error: { code: 'WORKER_LOST' } })
    expect(ports.events.of('handed-over').at(-1)).toMatchObject({ type: 'execution:completed' })
  })
})
