import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Longest one command to a process of a benchmark may take. */
const callTimeoutMs = 60_000

const readyId = 0

type Handlers = Record<string, (input: never) => unknown>

interface Call {
  id: number
  method: string
  input: unknown
}

interface Reply {
  id: number
  output?: unknown
  error?: string
}

/** Processes can be kept apart only where there are two cores and `taskset`. */
export const canPin = cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0

/** A process of a benchmark, on a core of its own where that can be had. */
export class BenchProcess {
  readonly child: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  /** It listens; what is said to it before would be lost. */
  readonly #ready = Promise.withResolvers<void>()
  #lastId = 0

  constructor(file: string, args: string[], core: number) {
    const command = [process.execPath, '--expose-gc', fileURLToPath(new URL(file, import.meta.url)), ...args]
    const pinned = canPin ? ['taskset', '-c', String(core), ...command] : command
    this.child = spawn(pinned[0] ?? '', pinned.slice(1), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    })
    this.child.on('message', (reply: Reply) => {
      if (reply.id === readyId) this.#ready.resolve()
      const waiting = this.#waiting.get(reply.id)
      this.#waiting.delete(reply.id)
      if (reply.error === undefined) waiting?.resolve(reply.output)
      else waiting?.reject(new Error(reply.error))
    })
    // Whoever calls hears of it; who does not has no use for it.
    this.#ready.promise.catch(() => undefined)
    this.child.on('exit', (code, signal) => {
      const error = new Error(`${file} ended: ${code ?? signal}`)
      for (const { reject } of [...this.#waiting.values(), this.#ready]) reject(error)
    })
  }

  async call<Output>(method: string, input?: unknown): Promise<Output> {
    await this.#ready.promise
    this.#lastId += 1
    const call: Call = { id: this.#lastId, method, input }
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(call.id, waiting)
    const timer = setTimeout(() => waiting.reject(new Error(`${method} took too long`)), callTimeoutMs)
    this.child.send(call)
    try {
      return (await waiting.promise) as Output
    } finally {
      clearTimeout(timer)
    }
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await ended
  }
}

/** The other end: answers calls of the process that started this one. */
export function answerCalls(handlers: Handlers): void {
  process.on('message', async ({ id, method, input }: Call) => {
    try {
      process.send?.({ id, output: await handlers[method]?.(input as never) } satisfies Reply)
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.on('disconnect', () => process.exit())
  process.send?.({ id: readyId } satisfies Reply)
}
