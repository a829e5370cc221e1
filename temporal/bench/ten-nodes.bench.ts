import { fileURLToPath } from 'node:url'
import type { Plan } from '@millrace/shared/engine/plan'
import { Worker } from '@temporalio/worker'
import { createMemoryPorts } from '../test/harness/memory-ports.ts'
import { drawPlan, startTestEngine, type TestEngine } from '../test/harness/test-engine.ts'

/** Ten effect nodes in a row against the same ten activities in a bare workflow, on one server, in turns. */
const nodeCount = 10
const rounds = 30
const warmUpRounds = 5
/** design.md §8 */
const ratioMax = 1.5

const ids = Array.from({ length: nodeCount }, (_, index) => `n${index}`)
const lineOf = (count: number): Plan =>
  drawPlan(
    [
      { id: 'start', type: 'start' },
      ...ids.slice(0, count).map((id) => ({ id, type: 'http', config: { url: 'https://example.test' } })),
      { id: 'out', type: 'output', config: { fields: [{ name: 'result', value: 'done' }] } },
    ],
    ['start>n0', ...ids.slice(1, count).map((id, index) => `n${index}>${id}`), `n${count - 1}>out`],
  )

const tenNodes = lineOf(nodeCount)
const engine = await startTestEngine(createMemoryPorts())
const bareQueue = 'bare'
const bareWorker = await Worker.create({
  connection: engine.env.nativeConnection,
  taskQueue: bareQueue,
  workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
  activities: { work: async () => undefined },
})
const bareRun = bareWorker.run()

try {
  const times = { engine: [] as number[], bare: [] as number[] }
  for (let round = 0; round < rounds + warmUpRounds; round += 1) {
    const bareMs = await timed(() => runBare(engine, round))
    const engineMs = await timed(() => runEngine(engine, round))
    if (round < warmUpRounds) continue
    times.bare.push(bareMs)
    times.engine.push(engineMs)
  }
  const [bareP50, engineP50] = [median(times.bare), median(times.engine)]
  const ratio = engineP50 / bareP50
  const perNode = await historyPerNode(engine)
  console.log(`${nodeCount} bare activities   p50 ${bareP50.toFixed(1)} ms`)
  console.log(`${nodeCount} effect nodes      p50 ${engineP50.toFixed(1)} ms, events in memory`)
  console.log(`ratio ${ratio.toFixed(2)} (aim ≤ ${ratioMax}), history events per node ${perNode}`)
} finally {
  bareWorker.shutdown()
  await bareRun
  await engine.stop()
}

async function runBare({ client }: TestEngine, round: number): Promise<void> {
  await client.workflow.execute('bareActivities', {
    workflowId: `bare-${round}`,
    taskQueue: bareQueue,
    args: [nodeCount],
    requestEagerStart: true,
  })
}

async function runEngine(one: TestEngine, round: number): Promise<void> {
  await one.start(`bench-${round}`, tenNodes)
  await one.ports.events.waitFor(`bench-${round}`, 'execution:completed')
}

/** What nine more nodes add to the history of one. */
async function historyPerNode(one: TestEngine): Promise<number> {
  await one.start('bench-one-node', lineOf(1))
  await Promise.all([one.ended('bench-0'), one.ended('bench-one-node')])
  const [long, short] = await Promise.all([one.historyLength('bench-0'), one.historyLength('bench-one-node')])
  return (long - short) / (nodeCount - 1)
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
