import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Output kept for assertions and for the message of a failure, in characters. */
const outputCharactersMax = 1_000_000
const stopTimeoutMs = 20_000

export interface Spawned {
  child: ChildProcess
  stdout: () => string
  stderr: () => string
  /** The exit code once all output has come; null after a signal. */
  ended: Promise<number | null>
  stop(): Promise<void>
}

/** Starts a file under Node with nothing of our own settings inherited. */
export function spawnNode(args: string[], env: Record<string, string>, input = ''): Spawned {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(MILLRACE_|TEMPORAL_|DATABASE_URL|VITEST|NO_COLOR|FORCE_COLOR)/.test(name) ||
        name === 'MILLRACE_TEMPORAL_BIN' ||
        name === 'MILLRACE_CACHE_DIR',
    ),
  )
  const child = spawn(process.execPath, args, { env: { ...inherited, ...env }, stdio: 'pipe' })
  const collected = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      collected[name] = (collected[name] + text).slice(-outputCharactersMax)
    })
  }
  // A command that does not read its input may be gone before it is written.
  child.stdin.on('error', () => undefined).end(input)
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    child,
    stdout: () => collected.stdout,
    stderr: () => collected.stderr,
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      const force = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
      await ended
      clearTimeout(force)
    },
  }
}
