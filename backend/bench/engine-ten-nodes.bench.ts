import { fileURLToPath } from 'node:url'
import { compilePlan } from '@millrace/shared/engine/compile-plan'
import type { Plan } from '@millrace/shared/engine/plan'
import { eventId } from '@millrace/shared/events/event-id'
import { startExecution } from '@millrace/temporal/client/start-execution'
import { Worker } from '@temporalio/worker'
import { startTemporalEngine, type TemporalEngine } from '../test/support/temporal-engine.ts'
import { openTestPglite, openTestPostgres, type TestDatabase } from '../test/support/test-database.ts'

/**
 * Ten effect nodes in a row, every event stored, against the same ten activities in a bare workflow: one
 * Temporal server, the two in turns. `--postgres` takes a Postgres instead of the embedded PGlite.
 */
const nodeCount = 10
const rounds = 30
const warmUpRounds = 5
/** design.md §8 */
const ratioMax = 1.5

const owner = { workspaceId: 'w1', userId: 'u1' }
const plan = linePlan()
const database: TestDatabase = process.argv.includes('--postgres') ? await openTestPostgres() : await openTestPglite()
const engine = await startTemporalEngine(database.database)
await engine.startWorkers()
const bareWorker = await Worker.create({
  connection: engine.temporal.native,
  taskQueue: 'bare',
  workflowsPath: fileURLToPath(new URL('./engine-bare-workflow.ts', import.meta.url)),
  activities: { work: async () => undefined },
})
const bareRun = bareWorker.run()

try {
  const times = { bare: [] as number[], engine: [] as number[] }
  for (let round = 0; round < rounds + warmUpRounds; round += 1) {
    const bareMs = await timed(() => runBare(engine, round))
    const engineMs = await timed(() => runEngine(engine, round))
    if (round < warmUpRounds) continue
    times.bare.push(bareMs)
    times.engine.push(engineMs)
  }
  const ratio = median(times.engine) / median(times.bare)
  console.log(`${nodeCount} bare activities   p50 ${median(times.bare).toFixed(1)} ms`)
  console.log(
    `${nodeCount} effect nodes      p50 ${median(times.engine).toFixed(1)} ms, every event stored (${database.database.kind})`,
  )
  console.log(`ratio ${ratio.toFixed(2)} (aim ≤ ${ratioMax})`)
} finally {
  bareWorker.shutdown()
  await bareRun
  await engine.stop()
  await database.close()
}

function linePlan(): Plan {
  const ids = Array.from({ length: nodeCount }, (_, index) => `n${index}`)
  const order = ['start', ...ids, 'out']
  const definition = {
    nodes: [
      { id: 'start', type: 'start', name: 'Start', config: { fields: [] } },
      ...ids.map((id) => ({ id, type: 'http', name: id, config: { url: 'https://example.test' } })),
      { id: 'out', type: 'output', name: 'Out', config: { fields: [{ name: 'result', value: 'done' }] } },
    ],
    edges: order.slice(1).map((id, index) => ({ id: `e${index}`, source: order[index], target: id })),
  }
  const compiled = compilePlan({ definition, workflowId: 'wf', workflowName: 'Bench', workflowVersion: 1 })
  if (compiled.plan === undefined) throw new Error(JSON.stringify(compiled.problems))
  return compiled.plan
}

async function runBare({ temporal }: TemporalEngine, round: number): Promise<void> {
  await temporal.client.workflow.execute('bareActivities', {
    workflowId: `bare-${round}`,
    taskQueue: 'bare',
    args: [nodeCount],
    requestEagerStart: true,
  })
}

/** From the stored row to the stored terminal event: what a person waits for. */
async function runEngine({ log, temporal }: TemporalEngine, round: number): Promise<void> {
  const executionId = `bench${round}`
  const ended = new Promise<void>((resolve) => {
    const stop = log.onCommit((stored) => {
      if (!stored.some(({ topic, type }) => topic === `execution:${executionId}` && type === 'execution:completed'))
        return
      stop()
      resolve()
    })
  })
  await log.createExecution({
    owner,
    row: { id: executionId, input: {}, startedByName: 'Bench' },
    plan,
    draft: {
      type: 'execution:created',
      eventId: eventId({ nodePath: null, type: 'execution:created' }),
      timestamp: Date.now(),
      executionId,
      workflowId: 'wf',
      workflowName: 'Bench',
      workflowVersion: 1,
      totalNodes: plan.nodes.length,
    },
  })
  await startExecution(temporal.client, { executionId, owner, plan, input: {} })
  await ended
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
