/**
 * How long a run stands still when the worker that writes its step is killed with -9 and another is ready:
 * from the kill to the second attempt's start, by the clock of this machine.
 * Repeat with: npm run bench -- worker-stall
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DevServer } from '../src/temporal/dev-server.ts'
import { demoWriter, edge, result, startNode } from '../test/support/definitions.ts'
import { ProductClient } from '../test/support/product-client.ts'
import { type ProductProcess, spawnEntry, startProduct } from '../test/support/product-process.ts'
import { silentLogger } from '../test/support/silent-logger.ts'
import { openTestPostgres } from '../test/support/test-database.ts'
import { waitUntil } from '../test/support/wait-until.ts'

const kills = 7
const workerEntry = fileURLToPath(new URL('../src/worker.ts', import.meta.url))
const print = (line: string) => process.stdout.write(`${line}\n`)

const binary = process.env.MILLRACE_TEMPORAL_BIN
if (binary === undefined) throw new Error('MILLRACE_TEMPORAL_BIN is not set: run it with npm run bench -- worker-stall')
const dataDir = await mkdtemp(join(tmpdir(), 'millrace-stall-'))
const postgres = await openTestPostgres()
const temporal = await DevServer.start({
  binary,
  dataDir,
  logger: silentLogger,
})
const env = {
  DATABASE_URL: postgres.url ?? '',
  TEMPORAL_ADDRESS: temporal.address,
  TEMPORAL_NAMESPACE: temporal.namespace,
  MILLRACE_SECRET_KEY: randomBytes(32).toString('base64'),
  MILLRACE_DATA_DIR: dataDir,
}

async function startWorker(): Promise<ProductProcess> {
  const worker = spawnEntry(workerEntry, { ...env, MILLRACE_ROLES: 'worker' })
  await waitUntil(() => /ready/i.test(worker.output()), { timeoutMs: 60_000, describe: () => worker.output() })
  return worker
}

let worker = await startWorker()
const api = await startProduct({ dataDir, env: { ...env, MILLRACE_ROLES: 'api' } })
const stalls: number[] = []
try {
  const client = await ProductClient.signedIn(api.baseUrl)
  const workflow = await client.createWorkflow('Stall', {
    nodes: [startNode(), demoWriter('write', { tokens: 900, tokensPerSecond: 40 }), result('{{ write.text }}')],
    edges: [edge('start', 'write'), edge('write', 'result')],
  })
  for (let kill = 0; kill < kills; kill++) {
    const executionId = await client.start(workflow.id)
    const startOf = async (attempt: number) =>
      (await client.events(executionId)).find(
        (event) => event.type === 'node:started' && event.nodeId === 'write' && event.attempt === attempt,
      )
    await waitUntil(async () => (await startOf(1)) !== undefined)
    // The standby comes after the step has begun, so the other one holds it.
    const standby = await startWorker()
    const killedAt = Date.now()
    await worker.kill()
    worker = standby
    await waitUntil(async () => (await startOf(2)) !== undefined, { intervalMs: 50 })
    stalls.push(((await startOf(2))?.timestamp ?? 0) - killedAt)
    await client.call('POST', `/api/executions/${executionId}/cancel`, {})
  }
} finally {
  await worker.stop()
  await api.stop()
  await temporal.stop()
  await postgres.close()
  await rm(dataDir, { recursive: true, force: true })
}
stalls.sort((a, b) => a - b)
print(
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, Postgres, Temporal development server`,
)
print(
  `stall after kill -9 of the worker, ${kills} kills: min ${stalls[0]} ms, median ${stalls[kills >> 1]} ms, max ${stalls.at(-1)} ms (aim ≤ 3000)`,
)
