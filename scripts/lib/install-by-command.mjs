import { existsSync } from 'node:fs'
import { findOnPath } from './find-on-path.mjs'
import { formatDuration, say, startProgress } from './progress.mjs'
import { runCommand } from './run-command.mjs'

const INSTALL_TIMEOUT_MS = 10 * 60_000

/**
 * @param {string} title
 * @param {string[]} packages
 * @param {{ env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options]
 * @throws when this is not a Debian system, without root, or when apt-get fails
 */
export async function installWithApt(title, packages, { env = process.env, signal } = {}) {
  const apt = findOnPath('apt-get', env)
  if (!apt || !existsSync('/etc/debian_version')) throw new Error('not a Debian system')
  if (process.getuid?.() !== 0) throw new Error('needs root')
  await install(title, signal, [
    [apt, 'update'],
    [apt, 'install', '-y', '--no-install-recommends', ...packages],
  ])
}

/**
 * Runs commands one after the other, showing that it lasts.
 *
 * @param {string} title
 * @param {AbortSignal | undefined} signal
 * @param {string[][]} commands
 */
export async function install(title, signal, commands) {
  const stopProgress = startProgress(title)
  try {
    for (const [command, ...args] of commands) {
      const result = await runCommand(command, args, {
        signal,
        timeoutMs: INSTALL_TIMEOUT_MS,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
      if (result.code !== 0) throw new Error(result.tail.slice(-3).join(' | ') || `ended with code ${result.code}`)
    }
    say(`${title} took ${formatDuration(stopProgress())}.`)
  } finally {
    stopProgress()
  }
}
