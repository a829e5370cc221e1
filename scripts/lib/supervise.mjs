import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { onInterrupt } from './interrupt.mjs'
import { nodeBinary, nodeEnv } from './node-binary.mjs'
import { root } from './root.mjs'

/**
 * Starts a Node program as a child that cannot outlive us and gets each signal exactly once.
 *
 * - The child leads a process group of its own, so Ctrl-C in a terminal reaches only this process, which passes it on.
 *   (In a shared group the child would get it from the terminal, from npm and from us.)
 * - An IPC channel ends when this process ends in whatever way, `kill -9` included. MILLRACE_PARENT=ipc tells the child
 *   to stop on `process.on('disconnect')`. Nothing is ever sent through it.
 * - When the child is gone, what is left of its group is ended too.
 *
 * @param {string[]} args what to run
 * @param {NodeJS.ProcessEnv} env
 * @param {{ stdio?: 'inherit' | 'pipe', cwd?: string }} [options]
 */
export function superviseNode(args, env, { stdio = 'inherit', cwd = root } = {}) {
  const child = spawn(nodeBinary(), args, {
    cwd,
    env: { ...nodeEnv(), ...env, MILLRACE_PARENT: 'ipc' },
    stdio: ['ignore', stdio, stdio, 'ipc'],
    detached: process.platform !== 'win32',
  })
  /** @type {Promise<number>} the exit code, as a shell would report it */
  const exited = new Promise((resolve) => {
    child.once('error', () => resolve(1))
    child.once('exit', (code, signalName) => resolve(code ?? 128 + (constants.signals[signalName] ?? 0)))
  })
  exited.then(() => endGroup(child.pid))
  return { child, exited }
}

/**
 * Runs the child until it ends. Signals are passed on: the first asks it to stop, a second makes it stop at once (both
 * are the child's to obey), a third kills it.
 *
 * @param {string} entry
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} its exit code
 */
export async function runSupervised(entry, env) {
  const { child, exited } = superviseNode([entry], env)
  const release = onInterrupt((signalName, count) => {
    // A closed terminal is no reason to end differently from a stopped service.
    child.kill(count > 2 ? 'SIGKILL' : signalName === 'SIGHUP' ? 'SIGTERM' : signalName)
  })
  return exited.finally(release)
}

function endGroup(pid) {
  if (!pid || process.platform === 'win32') return
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // Nobody is left, as it should be.
  }
}
