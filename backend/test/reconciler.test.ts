import { compilePlan } from '@millrace/shared/engine/compile-plan'
import type { Plan } from '@millrace/shared/engine/plan'
import { eventId } from '@millrace/shared/events/event-id'
import { startExecution } from '@millrace/temporal/client/start-execution'
import { temporalWorkflowId } from '@millrace/temporal/task-queues'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OpenDocument, type OpenExecution, Reconciler } from '../src/temporal/reconciler.ts'
import { silentLogger } from './support/silent-logger.ts'
import { startTemporalEngine, type TemporalEngine } from './support/temporal-engine.ts'
import { openTestPglite, type TestDatabase } from './support/test-database.ts'
import { waitUntil } from './support/wait-until.ts'

const owner = { workspaceId: 'w1', userId: 'u1' }
const plan = planOf()

let database: TestDatabase
let engine: TemporalEngine
let reconciler: Reconciler
let documents: OpenDocument[]
let executionCount = 0

beforeAll(async () => {
  database = await openTestPglite()
  engine = await startTemporalEngine(database.database)
  await engine.startWorkers()
})

afterAll(async () => {
  await engine.stop()
  await database.close()
})

beforeEach(() => {
  documents = []
  reconciler = new Reconciler({
    client: engine.temporal.client,
    events: engine.ports.events,
    logger: silentLogger,
    listOpenExecutions,
    loadStart: async (executionId) => ({ executionId, owner, plan, input: {} }),
    listOpenDocuments: async () => documents,
    settleMs: 0,
    // A moment later, so that what was stored just now counts as settled.
    now: () => Date.now() + 1,
  })
})

function planOf(): Plan {
  const definition = {
    nodes: [
      { id: 'start', type: 'start', name: 'Start', config: { fields: [] } },
      { id: 'ask', type: 'prompt', name: 'Ask', config: { kind: 'approve', title: 'Right?' } },
      { id: 'out', type: 'output', name: 'Out', config: { fields: [{ name: 'a', value: '{{ ask.choice }}' }] } },
    ],
    edges: [
      { id: 'e1', source: 'start', target: 'ask' },
      { id: 'e2', source: 'ask', sourcePort: 'approve', target: 'out' },
    ],
  }
  const compiled = compilePlan({ definition, workflowId: 'wf', workflowName: 'Test', workflowVersion: 1 })
  if (compiled.plan === undefined) throw new Error(JSON.stringify(compiled.problems))
  return compiled.plan
}

async function listOpenExecutions(): Promise<OpenExecution[]> {
  const { rows } = await database.database.pool.query(
    `select id, status, created_at, touched_at from executions where status in ('queued', 'running', 'waiting')`,
  )
  return rows.map((row) => ({
    executionId: row.id,
    owner,
    status: row.status,
    createdAt: Number(row.created_at),
    touchedAt: Number(row.touched_at),
  }))
}

async function storeExecution(): Promise<string> {
  const executionId = `run${++executionCount}`
  await engine.log.createExecution({
    owner,
    row: { id: executionId, input: {}, startedByName: 'Ada' },
    plan,
    draft: {
      type: 'execution:created',
      eventId: eventId({ nodePath: null, type: 'execution:created' }),
      timestamp: Date.now(),
      executionId,
      workflowId: 'wf',
      workflowName: 'Test',
      workflowVersion: 1,
      totalNodes: 3,
    },
  })
  return executionId
}

async function eventsOf(executionId: string) {
  const stored = await engine.log.read(`execution:${executionId}`, 0, 1000)
  return stored.map(({ payload }) => JSON.parse(payload))
}

async function waits(executionId: string): Promise<void> {
  await waitUntil(async () => (await eventsOf(executionId)).some(({ type }) => type === 'execution:waiting'))
}

/** Ends the run behind the engine's back. */
async function terminate(executionId: string): Promise<void> {
  await engine.temporal.client.workflow.getHandle(temporalWorkflowId(executionId)).terminate('by a test')
}

describe('runs that cannot speak for themselves', () => {
  it('starts a run that was stored and never reached Temporal', async () => {
    const executionId = await storeExecution()
    expect(await reconciler.runOnce()).toMatchObject({ started: 1, closed: 0, failed: 0 })
    await waits(executionId)
    await terminate(executionId)
    await reconciler.runOnce()
  })

  it('closes a terminated run once, with what its history knows', async () => {
    const executionId = await storeExecution()
    await startExecution(engine.temporal.client, { executionId, owner, plan, input: {} })
    await waits(executionId)
    expect(await reconciler.runOnce()).toMatchObject({ started: 0, closed: 0 })
    await terminate(executionId)
    expect(await reconciler.runOnce()).toMatchObject({ closed: 1, failed: 0 })
    expect(await reconciler.runOnce()).toMatchObject({ checked: 0 })
    const events = await eventsOf(executionId)
    expect(events.at(-1)).toMatchObject({ type: 'execution:failed', error: { code: 'EXECUTION_TERMINATED' } })
    expect(events.filter(({ type }) => type === 'event:retracted' || type === 'node:corrected')).toEqual([])
  })

  it('says so when Temporal has lost a run that had begun', async () => {
    const executionId = await storeExecution()
    await engine.log.append(owner, [
      {
        type: 'execution:started',
        eventId: eventId({ nodePath: null, type: 'execution:started' }),
        timestamp: Date.now(),
        executionId,
        workflowId: 'wf',
        workflowName: 'Test',
        totalNodes: 3,
      },
    ])
    expect(await reconciler.runOnce()).toMatchObject({ closed: 1, started: 0 })
    expect((await eventsOf(executionId)).at(-1)).toMatchObject({
      type: 'execution:failed',
      error: { code: 'EXECUTION_LOST' },
    })
  })

  it('takes up a document that nobody processes', async () => {
    const document = { knowledgeBaseId: 'kb1', documentId: 'doc1', documentName: 'a.md' }
    documents = [{ owner, document, createdAt: 0 }]
    expect(await reconciler.runOnce()).toMatchObject({ documentsRestarted: 1, failed: 0 })
    await waitUntil(() => engine.ingested.includes('doc1'))
  })
})
