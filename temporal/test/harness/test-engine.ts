import { fileURLToPath } from 'node:url'
import { compilePlan } from '@millrace/shared/engine/compile-plan'
import type { Plan } from '@millrace/shared/engine/plan'
import type { JsonObject } from '@millrace/shared/json'
import { Client } from '@temporalio/client'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { startExecution } from '../../src/client/start-execution.ts'
import { createWorkers, type RunningWorkers } from '../../src/create-worker.ts'
import { temporalWorkflowId } from '../../src/task-queues.ts'
import type { WorkerSettings } from '../../src/worker/worker-settings.ts'
import type { ExecuteGraphSettings } from '../../src/workflow-contract.ts'
import type { MemoryPorts } from './memory-ports.ts'
import { startTestServer } from './test-server.ts'

export const bundlePath = fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url))

export const owner = { workspaceId: 'w1', userId: 'u1' }

/** A server of its own, workers over the given ports, and what tests ask of them. */
export interface TestEngine {
  env: TestWorkflowEnvironment
  /** On the workers' own connection, as in the product. */
  client: Client
  ports: MemoryPorts
  start(executionId: string, plan: Plan, input?: JsonObject, settings?: ExecuteGraphSettings): Promise<void>
  /** Resolves when the workflow has returned. */
  ended(executionId: string): Promise<void>
  historyLength(executionId: string): Promise<number>
  stop(): Promise<void>
}

export async function startTestEngine(ports: MemoryPorts, settings: Partial<WorkerSettings> = {}): Promise<TestEngine> {
  const env = await startTestServer()
  const workers: RunningWorkers = await createWorkers({
    connection: env.nativeConnection,
    namespace: env.namespace ?? 'default',
    ports,
    workflowBundle: { codePath: bundlePath },
    settings: { shutdownGraceMs: 500, shutdownForceMs: 3000, ...settings },
  })
  const client = new Client({
    connection: env.nativeConnection,
    ...(env.namespace === undefined ? {} : { namespace: env.namespace }),
  })
  return {
    env,
    client,
    ports,
    async start(executionId, plan, input = {}, runSettings) {
      await startExecution(client, {
        executionId,
        owner,
        plan,
        input,
        // Generous: on a busy machine a late heartbeat would be an attempt that no test expects.
        settings: { heartbeatTimeoutMs: 15_000, ...runSettings },
      })
    },
    async ended(executionId) {
      await client.workflow.getHandle(temporalWorkflowId(executionId)).result()
    },
    async historyLength(executionId) {
      const description = await client.workflow.getHandle(temporalWorkflowId(executionId)).describe()
      return description.historyLength
    },
    async stop() {
      await workers.stop()
      await env.teardown()
    },
  }
}

interface DrawnNode {
  id: string
  type: string
  config?: JsonObject
  [field: string]: unknown
}

/** `'a>b'`, `'ask:approve>out'`, `'ask:reject>draft*5'`: source, port, target, and the bound of a loop edge. */
export function drawPlan(nodes: DrawnNode[], ways: string[]): Plan {
  const edges = ways.map((way, index) => {
    const [, source, sourcePort = 'out', target, bound] = /^(\w+)(?::(\w+))?>(\w+)(?:\*(\d+))?$/.exec(way) ?? []
    const loop = bound === undefined ? {} : { loop: { maxIterations: Number(bound) } }
    return { id: `e${index}`, source, sourcePort, target, ...loop }
  })
  const definition = { nodes: nodes.map((node) => ({ name: node.id, ...node })), edges }
  const result = compilePlan({ definition, workflowId: 'wf1', workflowName: 'Test', workflowVersion: 1 })
  if (result.plan === undefined) throw new Error(JSON.stringify(result.problems, null, 2))
  return result.plan
}
