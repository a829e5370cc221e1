import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { readDevServerRecord } from '../src/temporal/dev-server-record.ts'
import { endProcess } from '../src/temporal/end-process.ts'
import { readProcessIdentity } from '../src/temporal/process-identity.ts'
import { RawClient } from './delivery/raw-client.ts'
import { type ProductProcess, spawnEntry, startProduct } from './support/product-process.ts'
import { freePort } from './support/test-database.ts'
import { waitUntil } from './support/wait-until.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

let folder: string
const started: ProductProcess[] = []
/** Names of the data folders that this file has used. */
const used = new Set<string>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-process-'))
})
afterEach(async () => {
  for (const product of started.splice(0)) await product.kill()
  for (const name of used) await endTemporal(name)
})
afterAll(async () => {
  const left = await Promise.all([...used].map(async (name) => ((await isTemporalAlive(name)) ? [name] : [])))
  await rm(folder, { recursive: true, force: true })
  expect(left.flat()).toEqual([])
})

async function start(name: string, env: Record<string, string> = {}): Promise<ProductProcess> {
  used.add(name)
  return startProduct({ dataDir: join(folder, name), env, onSpawn: (product) => started.push(product) })
}

/** Starts what is expected not to come up; its exit code and all it said. */
async function fail(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const product = spawnEntry(main, env)
  started.push(product)
  const [code] = (await once(product.child, 'close')) as [number | null]
  return { code, output: product.output() }
}

/** The Temporal server that a data folder's process has started. */
async function temporalPid(name: string): Promise<number> {
  const record = JSON.parse(await readFile(join(folder, name, 'temporal', 'server.json'), 'utf8')) as { pid: number }
  return record.pid
}

async function isTemporalAlive(name: string): Promise<boolean> {
  const pid = await temporalPid(name).catch(() => null)
  return pid !== null && isAlive(pid)
}

/** A product that was killed leaves its server to its next start; here there is none. Only the recorded process is ended. */
async function endTemporal(name: string): Promise<void> {
  const record = readDevServerRecord(join(folder, name, 'temporal', 'server.json'))
  if (record !== null) await endProcess(record.pid, record.startedAt, 5000)
}

/** A zombie does not count: who reaps the orphans of a killed process, and when, is not ours. */
async function isAlive(pid: number): Promise<boolean> {
  return (await readProcessIdentity(pid)) !== null
}

test('says where it is, stops cleanly, leaves nothing running, and is the same after the next start', async () => {
  const first = await start('same', { MILLRACE_LOG_FORMAT: 'text' })
  await waitUntil(() => first.output().includes('Stop with Ctrl-C'), { describe: () => first.output() })
  expect(first.output()).toContain(`Millrace is ready: http://localhost:${first.port}`)
  const body = JSON.stringify({ email: 'o@example.org', password: 'correct horse', name: 'O' })
  const headers = { 'content-type': 'application/json' }
  const setUp = await fetch(`${first.baseUrl}/api/auth/setup`, { method: 'POST', body, headers })
  expect(setUp.status).toBe(201)

  const second = await fail({ MILLRACE_DATA_DIR: join(folder, 'same'), MILLRACE_PORT: '0' })
  expect(second.code).toBe(1)
  expect(second.output).toContain('Another Millrace process uses this data folder')
  expect(second.output).toContain(String(first.child.pid))
  expect(second.output).not.toContain('    at ')

  const temporal = await temporalPid('same')
  expect(await first.stop()).toBe(0)
  expect(await isAlive(temporal)).toBe(false)

  const next = await start('same')
  const signIn = await fetch(`${next.baseUrl}/api/auth/login`, { method: 'POST', body, headers })
  expect(signIn.status).toBe(200)
  expect(next.output()).not.toContain('correct horse')
})

test('C14 D01 D15 holds the bounds that the environment sets', async () => {
  const product = await start('bounds', {
    MILLRACE_HEARTBEAT_INTERVAL_MS: '2000',
    MILLRACE_DEAD_AFTER_MS: '5000',
    MILLRACE_CONNECTIONS_PER_USER: '1',
    MILLRACE_SUBSCRIPTIONS_PER_CONNECTION: '1',
    MILLRACE_MESSAGE_BYTES: '4096',
  })
  const { accessToken } = await post<{ accessToken: string }>(product, '/api/auth/setup', owner)
  const protocols = ['millrace.v1', `bearer.${accessToken}`]
  const socketUrl = `ws://127.0.0.1:${product.port}/ws`
  const client = new RawClient(socketUrl, protocols)
  expect(await client.next('connected')).toMatchObject({ heartbeatIntervalMs: 2000 })
  const second = new RawClient(socketUrl, protocols)
  expect(await second.ended()).toEqual({ code: 1013, reason: 'TOO_MANY_CONNECTIONS' })
  client.send({ type: 'subscribe', channel: 'executions' })
  await waitUntil(() => client.frames.some(({ type }) => type === 'caught_up'))
  client.send({ type: 'subscribe', channel: 'approvals' })
  await waitUntil(() => client.frames.some(({ code }) => code === 'TOO_MANY_SUBSCRIPTIONS'))
  client.send('x'.repeat(5000))
  expect((await client.ended()).code).toBe(1009)
  expect(await product.stop()).toBe(0)
})

test('names a taken port before it starts anything slow', async () => {
  const port = await freePort()
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve))
  try {
    const { code, output } = await fail({ MILLRACE_DATA_DIR: join(folder, 'port'), MILLRACE_PORT: String(port) })
    expect(code).toBe(1)
    expect(output).toContain(`Port ${port} on 127.0.0.1 is taken`)
    expect(output).toContain(`--port ${port + 1}`)
    expect(output).not.toContain('    at ')
  } finally {
    await new Promise((resolve) => holder.close(resolve))
  }
})

test('names every broken setting', async () => {
  const { code, output } = await fail({ MILLRACE_PORT: 'x', MILLRACE_ROLES: 'boss' })
  expect(code).toBe(1)
  expect(output).toContain('2 settings are wrong')
  expect(output).toContain('MILLRACE_PORT')
  expect(output).toContain('MILLRACE_ROLES must be api, worker or all')
})

test('names a database that does not answer, without its password', async () => {
  const { code, output } = await fail({
    MILLRACE_DATA_DIR: join(folder, 'nodb'),
    DATABASE_URL: `postgres://millrace:hidden@127.0.0.1:${await freePort()}/millrace`,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  })
  expect(code).toBe(1)
  expect(output).toContain('The Postgres server of DATABASE_URL does not answer')
  expect(output).not.toContain('hidden')
})

test('names a data folder that is none', async () => {
  await mkdir(join(folder, 'files'))
  await writeFile(join(folder, 'files', 'file'), '')
  const { code, output } = await fail({ MILLRACE_DATA_DIR: join(folder, 'files', 'file'), MILLRACE_PORT: '0' })
  expect(code).toBe(1)
  expect(output).toContain('--data-dir')
  expect(output).not.toContain('    at ')
})

test('stops when its parent is gone', async () => {
  const port = await freePort()
  used.add('orphan')
  const child = fork(main, {
    env: {
      ...process.env,
      MILLRACE_PARENT: 'ipc',
      MILLRACE_DATA_DIR: join(folder, 'orphan'),
      MILLRACE_PORT: String(port),
    },
    silent: true,
  })
  child.stdout?.resume()
  child.stderr?.resume()
  const closed = once(child, 'exit')
  try {
    const url = `http://127.0.0.1:${port}/live`
    await waitUntil(async () => (await fetch(url).catch(() => null))?.status === 200, {
      timeoutMs: 60_000,
      describe: () => 'the product answers',
    })
    const temporal = await temporalPid('orphan')
    child.disconnect()
    expect(await closed).toEqual([0, null])
    expect(await isAlive(temporal)).toBe(false)
  } finally {
    if (child.exitCode === null) child.kill('SIGKILL')
  }
})

test('gives a start up at once, and leaves nothing running', async () => {
  used.add('early')
  const dataDir = join(folder, 'early')
  const product = spawnEntry(main, { MILLRACE_DATA_DIR: dataDir, MILLRACE_PORT: String(await freePort()) })
  started.push(product)
  const exit = once(product.child, 'exit')
  await waitUntil(async () => isTemporalAlive('early'), {
    timeoutMs: 60_000,
    intervalMs: 5,
    describe: () => `the Temporal server is starting:\n${product.output()}`,
  })
  const temporal = await temporalPid('early')
  product.child.kill('SIGINT')
  expect(await exit).toEqual([0, null])
  expect(product.output()).not.toContain('Temporal ready')
  expect(await isAlive(temporal)).toBe(false)
})

test('drains a step at work on the first signal, ends at once on the second, and goes on after the next start', async () => {
  const product = await start('twice', { MILLRACE_SHUTDOWN_TIMEOUT_MS: '60000' })
  const temporal = await temporalPid('twice')
  const executionId = await runSlowly(product)
  const exit = once(product.child, 'exit')
  product.child.kill('SIGTERM')
  await waitUntil(() => product.output().includes('stopping'), { describe: () => 'it is stopping' })
  product.child.kill('SIGTERM')
  expect(await exit).toEqual([1, null])
  expect(await isAlive(temporal)).toBe(true)

  const next = await start('twice')
  expect(await isAlive(temporal)).toBe(false)
  const { accessToken } = await post<{ accessToken: string }>(next, '/api/auth/login', owner)
  await waitUntil(
    async () => {
      const headers = { authorization: `Bearer ${accessToken}` }
      const reply = await fetch(`${next.baseUrl}/api/executions/${executionId}`, { headers })
      const { nodes } = (await reply.json()) as { nodes: Record<string, { attempt: number; status: string }> }
      return nodes['write']?.status === 'running' && nodes['write'].attempt > 1
    },
    { timeoutMs: 60_000, describe: () => 'the step is tried again' },
  )
  expect(await next.stop()).toBe(0)
})

const owner = { email: 'o@example.org', password: 'correct horse', name: 'O' }

async function post<Body>(product: ProductProcess, path: string, body: object, token?: string): Promise<Body> {
  const reply = await fetch(`${product.baseUrl}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  })
  expect([path, reply.status]).toEqual([path, expect.toSatisfy((status: number) => status < 300)])
  return (await reply.json()) as Body
}

/** Starts a run whose one step writes for minutes; resolves when it has begun. */
async function runSlowly(product: ProductProcess): Promise<string> {
  const { accessToken } = await post<{ accessToken: string }>(product, '/api/auth/setup', owner)
  const write = { provider: 'demo', model: 'demo-writer', user: 'Write.', demo: { tokensPerSecond: 1, tokens: 300 } }
  const definition = {
    nodes: [
      { id: 'start', type: 'start', name: 'Start', config: { fields: [] } },
      { id: 'write', type: 'llm', name: 'Write', config: write },
    ],
    edges: [{ id: 'e', source: 'start', target: 'write' }],
  }
  const workflow = await post<{ id: string }>(product, '/api/workflows', { name: 'Slow', definition }, accessToken)
  const path = `/api/workflows/${workflow.id}/executions`
  const { executionId } = await post<{ executionId: string }>(product, path, {}, accessToken)
  const headers = { authorization: `Bearer ${accessToken}` }
  await waitUntil(
    async () => {
      const reply = await fetch(`${product.baseUrl}/api/executions/${executionId}/events`, { headers })
      return (await reply.text()).includes('node:stream')
    },
    { describe: () => 'the step writes' },
  )
  return executionId
}
