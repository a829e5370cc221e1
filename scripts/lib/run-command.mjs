import { spawn } from 'node:child_process'

/** How long a stopped command may take to clean up before it is killed outright. */
const KILL_GRACE_MS = 5_000
/** Lines kept for the error report of a failed command; older ones are dropped. */
const TAIL_LINES_MAX = 40

/**
 * Runs a command in a process group of its own, so that stopping it also stops what it started.
 * Never throws for a failing command: the caller reads `code`. A command that cannot be started has code -1.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, timeoutMs?: number, inherit?: boolean,
 *   onLine?: (line: string) => void }} [options] `inherit` shows the output as it comes and keeps none of it.
 * @returns {Promise<{ code: number, stdout: string, tail: string[], timedOut: boolean, aborted: boolean }>}
 */
export async function runCommand(command, args, options = {}) {
  const { cwd, env = process.env, signal, timeoutMs, inherit = false, onLine } = options
  const output = inherit ? 'inherit' : 'pipe'
  const isWindows = process.platform === 'win32'
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', output, output],
    detached: !isWindows,
    // npm and npx are .cmd files on Windows, which only a shell can start.
    shell: isWindows && !command.endsWith('.exe'),
  })

  let stdout = ''
  const tail = []
  const takeLine = (line) => {
    tail.push(line)
    if (tail.length > TAIL_LINES_MAX) tail.shift()
    onLine?.(line)
  }
  child.stdout?.on('data', (chunk) => (stdout += chunk))
  if (child.stdout) readLines(child.stdout, takeLine)
  if (child.stderr) readLines(child.stderr, takeLine)

  let timedOut = false
  const stop = () => stopGroup(child)
  const timer = timeoutMs && setTimeout(() => ((timedOut = true), stop()), timeoutMs)
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const code = await new Promise((resolve) => {
      child.once('error', (error) => (takeLine(error.message), resolve(-1)))
      child.once('close', (exitCode) => resolve(exitCode ?? -1))
    })
    return { code, stdout, tail, timedOut, aborted: signal?.aborted ?? false }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    // A group can outlive its leader (a server left behind by a crashed test runner).
    killGroup(child, 'SIGKILL')
  }
}

/** Splits a stream into lines without the line break; the last one may lack it. */
export function readLines(stream, onLine) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split(/\r?\n/)
    rest = lines.pop()
    for (const line of lines) onLine(line)
  })
  stream.on('end', () => rest && onLine(rest))
}

/** Asks the group to end and insists after {@link KILL_GRACE_MS}. */
function stopGroup(child) {
  killGroup(child, 'SIGTERM')
  const timer = setTimeout(() => killGroup(child, 'SIGKILL'), KILL_GRACE_MS)
  child.once('close', () => clearTimeout(timer))
}

function killGroup(child, signalName) {
  if (!child.pid) return
  try {
    if (process.platform === 'win32') child.kill(signalName)
    else process.kill(-child.pid, signalName)
  } catch {
    // The group is gone already, which is what was asked for.
  }
}
