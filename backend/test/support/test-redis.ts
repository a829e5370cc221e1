import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './test-database.ts'
import { waitUntil } from './wait-until.ts'

/** Empty where no Redis server could be found or installed. */
export const redisBinary = process.env['MILLRACE_REDIS_BIN'] ?? ''

/** A Redis server that keeps nothing, on a port that stays the same when it is killed and started again. */
export class TestRedis {
  readonly url: string
  readonly #port: number
  readonly #folder: string
  #server: ChildProcess | null = null

  private constructor(port: number, folder: string) {
    this.#port = port
    this.#folder = folder
    this.url = `redis://127.0.0.1:${port}`
  }

  static async open(): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), await mkdtemp(join(tmpdir(), 'millrace-redis-')))
    await redis.start()
    return redis
  }

  async start(): Promise<void> {
    const settings = ['--bind', '127.0.0.1', '--port', `${this.#port}`, '--save', '', '--appendonly', 'no']
    this.#server = spawn(redisBinary, [...settings, '--dir', this.#folder], { stdio: 'ignore' })
    await waitUntil(
      () =>
        this.command('ping').then(
          () => true,
          () => false,
        ),
      { describe: () => 'Redis' },
    )
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#server?.kill(name)
  }

  async kill(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null || server.exitCode !== null) return
    const exit = once(server, 'exit')
    server.kill('SIGKILL')
    await exit
  }

  /** One command over a connection of its own. */
  async command(name: string, ...parameters: string[]): Promise<unknown> {
    const client = new Redis(this.url, { retryStrategy: () => null, lazyConnect: true, maxRetriesPerRequest: 0 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await client.call(name, ...parameters)
    } finally {
      client.disconnect()
    }
  }

  async close(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
