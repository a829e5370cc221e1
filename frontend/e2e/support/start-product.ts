import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')

/** Temporal and the database start within seconds; this only catches what hangs, in milliseconds. */
const startMaxMs = 90_000
const stopMaxMs = 30_000
/** Characters of the log kept for a failure. */
const logCharactersMax = 20_000

export interface Product {
  url: string
  stop: () => Promise<void>
  /** Starts again on the same port and data after `stop`. */
  start: () => Promise<void>
  /** Stops it and removes its data. */
  dispose: () => Promise<void>
}

/** The whole product in a process of its own, with data of its own, on a free port of loopback. */
export async function startProduct(): Promise<Product> {
  const dataDir = await mkdtemp(join(tmpdir(), 'millrace-e2e-'))
  const port = await freePort()
  const url = `http://localhost:${port}`
  let child: ChildProcess | null = null
  let log = ''

  async function start(): Promise<void> {
    const started = spawn(process.execPath, ['backend/src/main.ts'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        MILLRACE_DATA_DIR: dataDir,
        MILLRACE_PORT: String(port),
        MILLRACE_SIGN_INS_PER_MINUTE: '100',
      },
    })
    child = started
    const keep = (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-logCharactersMax)
    }
    started.stdout?.on('data', keep)
    started.stderr?.on('data', keep)
    await isReady(url, started, () => log)
  }

  async function stop(): Promise<void> {
    const running = child
    child = null
    if (running === null || running.exitCode !== null) return
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()))
    running.kill('SIGTERM')
    const killer = setTimeout(() => running.kill('SIGKILL'), stopMaxMs)
    await ended
    clearTimeout(killer)
  }

  await start()
  return {
    url,
    start,
    stop,
    async dispose() {
      await stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function isReady(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + startMaxMs
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the product ended while it started:\n${log()}`)
    const isUp = await fetch(`${url}/api/health`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`the product was not ready in time:\n${log()}`)
}

/** A port that was free a moment ago. The product keeps it over restarts, so it cannot take 0. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') return reject(new Error('no port'))
      server.close(() => resolve(address.port))
    })
  })
}
