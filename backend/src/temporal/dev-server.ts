import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@millrace/shared/errors/app-error'
import type { LoggerPort } from '@millrace/temporal/ports'
import { connectTemporal } from './connect.ts'
import { devServerArguments } from './dev-server-flags.ts'
import { readDevServerRecord, removeDevServerRecord, writeDevServerRecord } from './dev-server-record.ts'
import { endProcess } from './end-process.ts'
import { findFreePort } from './free-port.ts'
import { readProcessIdentity } from './process-identity.ts'

export interface DevServerOptions {
  /** The executable, as scripts/provision-temporal.mjs prints it. */
  binary: string
  dataDir: string
  logger: LoggerPort
  namespace?: string
  uiPort?: number
  /** Longest wait for a server that starts; it takes about a second. */
  readyTimeoutMs?: number
  /** Gives the start up; a server that is ready is ended by `stop`. */
  signal?: AbortSignal
}

/** How long a server may take to close its database before it is killed; WAL loses nothing then. */
const stopGraceMs = 5000
/** Pause before the server is started again after it died: doubled by each death, reset by a life of `stableAfterMs`. */
const firstRestartDelayMs = 200
const longestRestartDelayMs = 10_000
const stableAfterMs = 30_000
/** Another process can take the free port between our look and the server's. */
const portTriesMax = 3
const logLineCharactersMax = 2000
/** What a server says before it gives up; the first lines name the reason. */
const startLinesMax = 10

/**
 * The Temporal server of the embedded set-up, a child of this process. Its files are below the data folder,
 * which the caller has locked. Started again on the same port whenever it dies, until `stop`.
 */
export class DevServer {
  readonly address: string
  readonly namespace: string
  readonly #options: DevServerOptions
  readonly #port: number
  #child: ChildProcess
  #isStopping = false
  #restarting: Promise<void> | null = null
  readonly #stopSignal = new AbortController()

  /** Ends what an earlier process left running, then starts. Throws AppError TEMPORAL_UNAVAILABLE when it is not ready in time. */
  static async start(options: DevServerOptions): Promise<DevServer> {
    await mkdir(folderOf(options), { recursive: true })
    await endOrphan(options)
    for (let tries = 1; ; tries += 1) {
      const port = await findFreePort()
      const child = await launch(options, port)
      try {
        await untilReady(options, port, child)
        return new DevServer(options, port, child)
      } catch (error) {
        const exitCode = child.exitCode
        await end(child)
        removeDevServerRecord(recordFile(options))
        if (exitCode === null || tries >= portTriesMax || options.signal?.aborted === true) throw error
      }
    }
  }

  private constructor(options: DevServerOptions, port: number, child: ChildProcess) {
    this.#options = options
    this.#port = port
    this.#child = child
    this.address = addressOf(port)
    this.namespace = namespaceOf(options)
    this.#watch(firstRestartDelayMs)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Resolves when the process is gone. Idempotent. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#stopSignal.abort()
    await this.#restarting
    await end(this.#child)
    removeDevServerRecord(recordFile(this.#options))
  }

  #watch(restartDelayMs: number): void {
    const child = this.#child
    const startedAt = Date.now()
    const onExit = (code: number | null, signal: string | null) => {
      if (this.#isStopping) return
      this.#options.logger.error({ pid: child.pid, code, signal }, 'the Temporal server ended; starting it again')
      const wasStable = Date.now() - startedAt >= stableAfterMs
      this.#restarting = this.#restart(wasStable ? firstRestartDelayMs : restartDelayMs).finally(() => {
        this.#restarting = null
      })
    }
    if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode)
    else child.once('exit', onExit)
  }

  async #restart(delayMs: number): Promise<void> {
    await delay(delayMs, undefined, { signal: this.#stopSignal.signal }).catch(() => undefined)
    if (this.#isStopping) return
    const nextDelayMs = Math.min(delayMs * 2, longestRestartDelayMs)
    try {
      this.#child = await launch(this.#options, this.#port)
      this.#watch(nextDelayMs)
    } catch (error) {
      this.#options.logger.error({ error }, 'the Temporal server could not be started again')
      return this.#restart(nextDelayMs)
    }
  }
}

function folderOf({ dataDir }: DevServerOptions): string {
  return join(dataDir, 'temporal')
}

function dbFile(options: DevServerOptions): string {
  return join(folderOf(options), 'temporal.db')
}

function recordFile(options: DevServerOptions): string {
  return join(folderOf(options), 'server.json')
}

function namespaceOf({ namespace = 'default' }: DevServerOptions): string {
  return namespace
}

function addressOf(port: number): string {
  return `127.0.0.1:${port}`
}

/** Ends a server that outlived the process that started it. Only what is provably that server is touched. */
async function endOrphan(options: DevServerOptions): Promise<void> {
  const record = readDevServerRecord(recordFile(options))
  if (record === null) return
  const identity = await readProcessIdentity(record.pid)
  if (identity?.startedAt === record.startedAt && identity.command.includes(dbFile(options))) {
    options.logger.warn({ pid: record.pid }, 'ending a Temporal server that outlived an earlier process')
    await endProcess(record.pid, record.startedAt, stopGraceMs)
  }
  removeDevServerRecord(recordFile(options))
}

async function launch(options: DevServerOptions, port: number): Promise<ChildProcess> {
  const flags = { port, uiPort: options.uiPort ?? null, dbFile: dbFile(options), namespace: namespaceOf(options) }
  const child = spawn(options.binary, devServerArguments(flags), {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in the terminal must reach us first, for the workers need the server to drain.
    detached: true,
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) =>
      reject(new AppError('TEMPORAL_UNAVAILABLE', { binary: options.binary }, { cause: error })),
    )
  })
  for (const stream of [child.stdout, child.stderr]) forwardLines(stream, options.logger)
  const { pid } = child
  const identity = pid === undefined ? null : await readProcessIdentity(pid)
  if (pid !== undefined && identity !== null) {
    writeDevServerRecord(recordFile(options), { pid, port, startedAt: identity.startedAt })
  }
  return child
}

/** Throws when the server ends or is not ready in time. */
async function untilReady(options: DevServerOptions, port: number, child: ChildProcess): Promise<void> {
  const said: string[] = []
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (said.length < startLinesMax) said.push(line.slice(0, logLineCharactersMax))
    })
  }
  const ended = new AbortController()
  const signals = options.signal === undefined ? [ended.signal] : [ended.signal, options.signal]
  const onExit = () => ended.abort(endedError(said))
  child.once('exit', onExit)
  try {
    const connection = await connectTemporal({
      address: addressOf(port),
      namespace: namespaceOf(options),
      timeoutMs: options.readyTimeoutMs ?? 30_000,
      signal: AbortSignal.any(signals),
    })
    await connection.native.close()
  } finally {
    child.off('exit', onExit)
  }
}

function endedError(said: string[]): AppError {
  const message = ['The Temporal server ended while it was starting.', ...said].join('\n')
  return new AppError('TEMPORAL_UNAVAILABLE', undefined, { message })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs)
  await exited
  clearTimeout(timer)
}

function forwardLines(stream: Readable | null, logger: LoggerPort): void {
  if (stream === null) return
  createInterface({ input: stream }).on('line', (line) => {
    logger.debug({ source: 'temporal-server' }, line.slice(0, logLineCharactersMax))
  })
}
