import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from './test-database.ts'
import { waitUntil } from './wait-until.ts'

const entry = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** First start on an empty folder with both servers, on a busy machine. */
const readyTimeoutMs = 90_000
const stopTimeoutMs = 20_000
/** Output kept for the message of a failed start. */
const outputCharactersMax = 20_000

export interface ProductOptions {
  dataDir: string
  port?: number
  env?: Record<string, string>
  /** Told of the process before it is ready, so that one that never is can be ended, too. */
  onSpawn?: (product: ProductProcess) => void
}

/** The whole product as an operator starts it: a process of its own. */
export interface ProductProcess {
  child: ChildProcess
  port: number
  baseUrl: string
  output: () => string
  /** As a power cut: no handler runs. */
  kill(): Promise<void>
  /** As Ctrl-C. Resolves with the exit code. */
  stop(): Promise<number | null>
}

export async function startProduct(options: ProductOptions): Promise<ProductProcess> {
  const port = options.port ?? (await freePort())
  const product = spawnEntry(
    entry,
    { MILLRACE_DATA_DIR: options.dataDir, MILLRACE_PORT: String(port), ...options.env },
    port,
  )
  options.onSpawn?.(product)
  await waitUntil(
    async () => {
      if (product.child.exitCode !== null)
        throw new Error(`the product ended with ${product.child.exitCode}:\n${product.output()}`)
      const answer = await fetch(`${product.baseUrl}/api/health`).catch(() => null)
      return answer?.status === 200
    },
    { timeoutMs: readyTimeoutMs, describe: () => `the product is healthy:\n${product.output()}` },
  )
  return product
}

/** Starts an entry point with nothing of our own settings inherited. */
export function spawnEntry(path: string, env: Record<string, string>, port = 0): ProductProcess {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(MILLRACE_|TEMPORAL_|DATABASE_URL|VITEST)/.test(name) ||
        name === 'MILLRACE_TEMPORAL_BIN' ||
        name === 'MILLRACE_CACHE_DIR',
    ),
  )
  const child = spawn(process.execPath, [path], { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (bytes: Buffer) => {
    output = (output + bytes.toString()).slice(-outputCharactersMax)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const exited = once(child, 'exit')
  return {
    child,
    port,
    baseUrl: `http://127.0.0.1:${port}`,
    output: () => output,
    async kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      const force = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
      await exited
      clearTimeout(force)
      return child.exitCode
    },
  }
}
