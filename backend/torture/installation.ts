import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DevServer } from '../src/temporal/dev-server.ts'
import { FaultProxy } from '../test/support/fault-proxy.ts'
import { type ProductProcess, spawnEntry, startProduct } from '../test/support/product-process.ts'
import { silentLogger } from '../test/support/silent-logger.ts'
import { openTestPostgres, type TestDatabase } from '../test/support/test-database.ts'
import { redisBinary, TestRedis } from '../test/support/test-redis.ts'
import { waitUntil } from '../test/support/wait-until.ts'

const workerEntry = fileURLToPath(new URL('../src/worker.ts', import.meta.url))
const apiCount = 2
const workerCount = 2
/** Starts on a machine that is being tortured take their time. */
const readyTimeoutMs = 90_000

/** An API process and the networks before it: one that only fails for all at once, and one for clients in trouble. */
export interface ApiSlot {
  process: ProductProcess
  steady: FaultProxy
  shaky: FaultProxy
}

/** Everything that a scaled-out installation has, each part a process of its own that can be killed. */
export class Installation {
  readonly masterKey = randomBytes(32)
  readonly apis: ApiSlot[] = []
  readonly workers: ProductProcess[] = []
  postgres!: TestDatabase
  /** Between the processes and the database; not between it and who checks. */
  databaseNetwork!: FaultProxy
  /** Null where no Redis server can be had: the processes then look into the log. */
  redis: TestRedis | null = null
  temporal!: DevServer
  #env: Record<string, string> = {}
  readonly #spawned = new Set<ProductProcess>()
  /** Ends what was begun, newest last. */
  readonly #open: (() => Promise<unknown>)[] = []

  async start(): Promise<void> {
    const dataDir = await mkdtemp(join(tmpdir(), 'millrace-torture-'))
    this.#open.push(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }))
    const opening = [this.#openPostgres(), this.#openTemporal(dataDir), this.#openRedis()]
    const failed = (await Promise.allSettled(opening)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
    const url = new URL(this.postgres.url ?? '')
    this.databaseNetwork = await FaultProxy.open({ targetPort: Number(url.port) })
    this.#open.push(() => this.databaseNetwork.close())
    url.port = String(this.databaseNetwork.port)
    this.#env = {
      DATABASE_URL: url.href,
      ...(this.redis === null ? {} : { REDIS_URL: this.redis.url }),
      TEMPORAL_ADDRESS: this.temporal.address,
      TEMPORAL_NAMESPACE: this.temporal.namespace,
      MILLRACE_SECRET_KEY: this.masterKey.toString('base64'),
      MILLRACE_DATA_DIR: dataDir,
      MILLRACE_REQUESTS_PER_MINUTE: '100000',
      MILLRACE_SIGN_INS_PER_MINUTE: '1000',
      MILLRACE_SHUTDOWN_TIMEOUT_MS: '5000',
    }
    this.#open.push(() => Promise.all([...this.#spawned].map((spawned) => spawned.stop())))
    for (let index = 0; index < workerCount; index += 1) this.workers.push(this.#spawnWorker())
    const apis = await Promise.all(Array.from({ length: apiCount }, () => this.#startApi()))
    for (const process of apis) {
      const steady = await FaultProxy.open({ targetPort: process.port })
      const shaky = await FaultProxy.open({ targetPort: process.port })
      this.#open.push(
        () => steady.close(),
        () => shaky.close(),
      )
      this.apis.push({ process, steady, shaky })
    }
    await Promise.all(this.workers.map((worker) => this.#untilReady(worker)))
  }

  /** Throws nothing away: what could not be ended is in the answer. */
  async stop(): Promise<unknown[]> {
    const failures: unknown[] = []
    for (const close of this.#open.toReversed()) await close().catch((error: unknown) => failures.push(error))
    return failures
  }

  /** On the port it had. */
  async restartApi(slot: ApiSlot): Promise<void> {
    slot.process = await this.#startApi(slot.process.port)
  }

  async restartWorker(index: number): Promise<void> {
    const worker = this.#spawnWorker()
    this.workers[index] = worker
    await this.#untilReady(worker)
  }

  /** Nothing fails from here on: every process is there and every network passes. */
  async heal(): Promise<void> {
    this.databaseNetwork.heal()
    for (const { steady, shaky } of this.apis) {
      steady.heal()
      shaky.heal()
    }
    for (const { process } of this.apis) {
      await waitUntil(async () => (await fetch(`${process.baseUrl}/api/health`).catch(() => null))?.status === 200, {
        timeoutMs: readyTimeoutMs,
        describe: () => `an API process is healthy:\n${process.output()}`,
      })
    }
  }

  /** Processes that ended by themselves. */
  died(): string[] {
    return [...this.apis.map(({ process }) => process), ...this.workers]
      .filter(({ child }) => child.exitCode !== null || child.signalCode !== null)
      .map(
        ({ child, output }) =>
          `process ${child.pid} ended with ${child.exitCode ?? child.signalCode}:\n${output().slice(-3000)}`,
      )
  }

  async #openPostgres(): Promise<void> {
    this.postgres = await openTestPostgres()
    this.#open.push(() => this.postgres.close())
  }

  async #openTemporal(dataDir: string): Promise<void> {
    const binary = process.env['MILLRACE_TEMPORAL_BIN'] ?? ''
    this.temporal = await DevServer.start({ binary, dataDir, logger: silentLogger })
    this.#open.push(() => this.temporal.stop())
  }

  async #openRedis(): Promise<void> {
    if (redisBinary === '') return
    const redis = await TestRedis.open()
    this.redis = redis
    this.#open.push(() => redis.close())
  }

  #startApi(port?: number): Promise<ProductProcess> {
    return startProduct({
      dataDir: this.#env['MILLRACE_DATA_DIR'] ?? '',
      ...(port === undefined ? {} : { port }),
      env: { ...this.#env, MILLRACE_ROLES: 'api' },
      onSpawn: (spawned) => this.#spawned.add(spawned),
    })
  }

  #spawnWorker(): ProductProcess {
    const worker = spawnEntry(workerEntry, { ...this.#env, MILLRACE_ROLES: 'worker' })
    this.#spawned.add(worker)
    return worker
  }

  async #untilReady(worker: ProductProcess): Promise<void> {
    await waitUntil(() => /ready/i.test(worker.output()) || worker.child.exitCode !== null, {
      timeoutMs: readyTimeoutMs,
      describe: () => `a worker is ready:\n${worker.output()}`,
    })
    if (worker.child.exitCode !== null) throw new Error(`a worker ended at its start:\n${worker.output()}`)
  }
}
