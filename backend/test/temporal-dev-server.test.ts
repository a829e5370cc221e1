import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectTemporal, isTemporalHealthy } from '../src/temporal/connect.ts'
import { DevServer } from '../src/temporal/dev-server.ts'
import { findFreePort } from '../src/temporal/free-port.ts'
import { readProcessIdentity } from '../src/temporal/process-identity.ts'

const binary = process.env.MILLRACE_TEMPORAL_BIN ?? ''
const ignore = () => undefined
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

let dataDir: string
let servers: DevServer[]

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'millrace-temporal-'))
  servers = []
})

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  await rm(dataDir, { recursive: true, force: true })
})

async function start(): Promise<DevServer> {
  const server = await DevServer.start({ binary, dataDir, logger })
  servers.push(server)
  return server
}

async function connect({ address, namespace }: DevServer) {
  return connectTemporal({ address, namespace, timeoutMs: 20_000 })
}

const recordOf = () => join(dataDir, 'temporal', 'server.json')

describe('the Temporal server beside us', () => {
  it('answers when start resolves, and is gone with its record when stop resolves', async () => {
    const server = await start()
    const { pid } = server
    const { client, native } = await connect(server)
    expect(await isTemporalHealthy(client)).toBe(true)
    await native.close()
    await server.stop()
    expect(await readProcessIdentity(pid ?? 0)).toBeNull()
    expect(existsSync(recordOf())).toBe(false)
  })

  it('ends the server that a killed process left behind, and keeps its runs', async () => {
    const orphan = await start()
    const before = await connect(orphan)
    await before.client.workflow.start('anything', { workflowId: 'kept', taskQueue: 'nobody' })
    await before.native.close()
    // As after kill -9 of our process: nobody watches the child any more, and its record is still there.
    const record = readFileSync(recordOf(), 'utf8')
    await orphan.stop()
    const port = await findFreePort()
    const dbFile = join(dataDir, 'temporal', 'temporal.db')
    const left = spawn(binary, ['server', 'start-dev', '--headless', '--port', String(port), '--db-filename', dbFile], {
      stdio: 'ignore',
      detached: true,
    })
    const running = await connectTemporal({ address: `127.0.0.1:${port}`, namespace: 'default' })
    await running.native.close()
    const identity = await readProcessIdentity(left.pid ?? 0)
    await writeFile(
      recordOf(),
      JSON.stringify({ ...JSON.parse(record), pid: left.pid, startedAt: identity?.startedAt }),
    )
    const ended = new Promise((resolve) => left.once('exit', resolve))

    const next = await start()
    await ended
    const after = await connect(next)
    expect((await after.client.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING')
    await after.native.close()
  })

  it('leaves a process alone that merely has the number of the old server', async () => {
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' })
    await (await start()).stop()
    const identity = await readProcessIdentity(stranger.pid ?? 0)
    await writeFile(recordOf(), JSON.stringify({ pid: stranger.pid, port: 1, startedAt: identity?.startedAt }))
    await start()
    expect(stranger.exitCode).toBeNull()
    expect(await readProcessIdentity(stranger.pid ?? 0)).not.toBeNull()
    stranger.kill()
  })

  it('starts the server again on the same port after it was killed', async () => {
    const server = await start()
    const { client, native } = await connect(server)
    const first = server.pid ?? 0
    process.kill(first, 'SIGKILL')
    await expect.poll(() => server.pid, { timeout: 10_000 }).not.toBe(first)
    await expect.poll(() => isTemporalHealthy(client), { timeout: 20_000 }).toBe(true)
    await native.close()
  })

  it('ends what it had started when the start is given up', async () => {
    const giveUp = new AbortController()
    const starting = DevServer.start({ binary, dataDir, logger, signal: giveUp.signal })
    await expect.poll(() => existsSync(recordOf()), { timeout: 10_000 }).toBe(true)
    const { pid } = JSON.parse(readFileSync(recordOf(), 'utf8'))
    giveUp.abort(new Error('stopped'))
    await expect(starting).rejects.toThrow('stopped')
    expect(await readProcessIdentity(pid)).toBeNull()
  })

  it('says so when the executable is missing', async () => {
    await expect(DevServer.start({ binary: join(dataDir, 'nothing'), dataDir, logger })).rejects.toMatchObject({
      code: 'TEMPORAL_UNAVAILABLE',
    })
  })

  it('tells what the server said when it cannot start', async () => {
    await mkdir(join(dataDir, 'temporal', 'temporal.db'), { recursive: true })
    const message = expect.stringMatching(/ended while it was starting\.\n.*sqlite/is)
    await expect(DevServer.start({ binary, dataDir, logger })).rejects.toMatchObject({
      code: 'TEMPORAL_UNAVAILABLE',
      message,
    })
  })

  it('gives up connecting to nobody within the time', async () => {
    await expect(
      connectTemporal({ address: '127.0.0.1:1', namespace: 'default', timeoutMs: 300 }),
    ).rejects.toMatchObject({
      code: 'TEMPORAL_UNAVAILABLE',
    })
  })
})
