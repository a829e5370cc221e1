import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkflowEvent } from '@millrace/shared/events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DevServer } from '../src/temporal/dev-server.ts'
import { demoWriter, edge, result, startNode } from './support/definitions.ts'
import { anomaliesOf } from './support/event-checker.ts'
import { ProductClient } from './support/product-client.ts'
import { type ProductProcess, spawnEntry, startProduct } from './support/product-process.ts'
import { silentLogger } from './support/silent-logger.ts'
import { openTestPostgres, type TestDatabase } from './support/test-database.ts'
import { waitUntil } from './support/wait-until.ts'

const workerEntry = fileURLToPath(new URL('../src/worker.ts', import.meta.url))

/** design: a stall of at most 3 s when another worker is ready; the rest is room for a busy machine. */
const stallMaxMs = 6000

/** API and workers in processes of their own over a real Postgres, workers killed while they work. */
describe('kill -9 of a worker in mid-run', () => {
  let dataDir: string
  let postgres: TestDatabase
  let api: ProductProcess
  let workers: ProductProcess[] = []
  let env: Record<string, string>
  let client: ProductClient
  const spawned: ProductProcess[] = []
  /** What is open, newest last: also after a beginning that failed half-way. */
  const open: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'millrace-workers-'))
    open.push(() => rm(dataDir, { recursive: true, force: true }))
    postgres = await openTestPostgres()
    open.push(() => postgres.close())
    const temporal = await DevServer.start({
      binary: process.env.MILLRACE_TEMPORAL_BIN ?? '',
      dataDir,
      logger: silentLogger,
    })
    open.push(() => temporal.stop())
    env = {
      DATABASE_URL: postgres.url ?? '',
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      MILLRACE_SECRET_KEY: randomBytes(32).toString('base64'),
      MILLRACE_DATA_DIR: dataDir,
    }
    open.push(() => Promise.all(spawned.map((product) => product.stop())))
    // The product is healthy only with a worker.
    workers = [startWorker(), startWorker()]
    api = await startProduct({
      dataDir,
      env: { ...env, MILLRACE_ROLES: 'api' },
      onSpawn: (product) => spawned.push(product),
    })
    await Promise.all(workers.map(untilReady))
    client = await ProductClient.signedIn(api.baseUrl)
  })
  afterAll(async () => {
    const failures: unknown[] = []
    for (const close of open.toReversed()) await close().catch((error: unknown) => failures.push(error))
    expect(failures).toEqual([])
  })

  function startWorker(): ProductProcess {
    const worker = spawnEntry(workerEntry, { ...env, MILLRACE_ROLES: 'worker' })
    spawned.push(worker)
    return worker
  }

  async function untilReady(worker: ProductProcess): Promise<void> {
    await waitUntil(() => /ready/i.test(worker.output()), {
      timeoutMs: 60_000,
      describe: () => `a worker is ready:\n${worker.output()}`,
    })
  }

  const streamed = (events: WorkflowEvent[], nodeId: string) =>
    events.filter((event) => event.type === 'node:stream' && event.nodeId === nodeId)

  it('ends the run with no event lost, doubled or out of order, and no finished step repeated', async () => {
    const workflow = await client.createWorkflow('Kill', {
      nodes: [
        startNode(),
        demoWriter('first', { tokens: 10, tokensPerSecond: 500 }),
        demoWriter('second', { tokens: 800, tokensPerSecond: 50 }),
        result('{{ second.text }}'),
      ],
      edges: [edge('start', 'first'), edge('first', 'second'), edge('second', 'result')],
    })
    const executionId = await client.start(workflow.id)
    await waitUntil(async () => streamed(await client.events(executionId), 'second').length > 3, {
      describe: () => 'passages of the second step',
    })
    // Both are killed, so that whichever holds the step is among them; a third one takes over.
    const standby = startWorker()
    await untilReady(standby)
    const killedAt = Date.now()
    await Promise.all(workers.map((worker) => worker.kill()))
    workers = [standby]
    const execution = await client.waitForStatus(executionId, ['completed', 'failed'])
    expect(execution.status).toBe('completed')

    const events = await client.events(executionId)
    expect(anomaliesOf(events)).toEqual([])
    const started = events.filter((event) => event.type === 'node:started')
    expect(started.filter((event) => event.nodeId === 'first')).toHaveLength(1)
    expect(started.filter((event) => event.nodeId === 'second').map((event) => event.attempt)).toEqual([1, 2])
    expect(events.filter((event) => event.type === 'node:retry')).toMatchObject([
      { nodeId: 'second', attempt: 1, error: { code: 'WORKER_LOST' } },
    ])
    const text = streamed(events, 'second').flatMap((event) =>
      event.type === 'node:stream' && event.attempt === 2 ? [event.chunk] : [],
    )
    expect(execution.outputs).toEqual({ text: text.join('') })
    const again = started.find((event) => event.nodeId === 'second' && event.attempt === 2)
    expect((again?.timestamp ?? Number.POSITIVE_INFINITY) - killedAt).toBeLessThan(stallMaxMs)
  })

  it('keeps the promise for many runs while workers die one after the other', async () => {
    workers.push(startWorker())
    await Promise.all(workers.map(untilReady))
    const workflow = await client.createWorkflow('Many', {
      nodes: [
        startNode(),
        demoWriter('a', { tokens: 30, tokensPerSecond: 60 }),
        demoWriter('b', { tokens: 30, tokensPerSecond: 60 }),
        result('{{ a.text }}{{ b.text }}'),
      ],
      edges: [edge('start', 'a'), edge('start', 'b'), edge('a', 'result'), edge('b', 'result')],
    })
    const executionIds = await Promise.all(Array.from({ length: 12 }, () => client.start(workflow.id)))
    for (let kill = 0; kill < 3; kill++) {
      const [victim, ...others] = workers
      const fresh = startWorker()
      await untilReady(fresh)
      await victim?.kill()
      workers = [...others, fresh]
    }
    for (const executionId of executionIds) {
      expect((await client.waitForStatus(executionId, ['completed', 'failed'])).status).toBe('completed')
      const events = await client.events(executionId)
      expect(anomaliesOf(events)).toEqual([])
      expect(events.at(-1)?.type).toBe('execution:completed')
    }
  })
})
