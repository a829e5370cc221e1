#!/usr/bin/env node
import { findOnPath, isExecutableFile } from './lib/find-on-path.mjs'
import { installWithApt } from './lib/install-by-command.mjs'
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { isMain, parseOptions, runMain, UserError } from './lib/main.mjs'
import { runCommand } from './lib/run-command.mjs'

/** A server that cannot print its version within this cannot run tests either. */
const VERSION_CHECK_TIMEOUT_MS = 10_000

const USAGE = `Usage: node scripts/provision-redis.mjs

Finds or installs a Redis server for the integration tests and prints its path. Millrace itself needs none.
Ways, in this order:
  MILLRACE_REDIS_BIN   the path of a "redis-server" executable
  PATH                 redis-server
  apt-get              as root on Debian
`

/**
 * @param {{ env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options]
 * @returns {Promise<{ path: string }>}
 * @throws {UserError} when every way failed; the message names each
 */
export async function provisionRedis({ env = process.env, signal } = {}) {
  const tried = []
  const ways = [
    ['MILLRACE_REDIS_BIN', async () => env.MILLRACE_REDIS_BIN],
    ['PATH', async () => findOnPath('redis-server', env)],
    ['apt-get', () => installRedis(env, signal)],
  ]
  for (const [name, way] of ways) {
    const path = await way().catch((error) => void tried.push(`${name}: ${error.message}`))
    signal?.throwIfAborted()
    if (path && (await starts(path))) return { path }
    if (path) tried.push(`${name}: ${path} does not start`)
  }
  throw new UserError(
    [
      'No Redis server could be found or installed.',
      ...tried.map((line) => `  - ${line}`),
      'Install Redis and set MILLRACE_REDIS_BIN to the path of redis-server.',
    ].join('\n'),
  )
}

async function starts(path) {
  if (!isExecutableFile(path)) return false
  const { code } = await runCommand(path, ['--version'], { timeoutMs: VERSION_CHECK_TIMEOUT_MS })
  return code === 0
}

async function installRedis(env, signal) {
  await installWithApt('Installing Redis with apt-get', ['redis-server'], { env, signal })
  return findOnPath('redis-server', env)
}

async function main(argv) {
  parseOptions(argv, {})
  const { signal, release } = abortOnInterrupt()
  const { path } = await provisionRedis({ signal }).finally(release)
  process.stdout.write(`${path}\n`)
}

if (isMain(import.meta.filename)) await runMain(USAGE, main)
