#!/usr/bin/env node
import { findOnPath } from './lib/find-on-path.mjs'
import { firstThatStarts } from './lib/first-that-starts.mjs'
import { installWithApt } from './lib/install-by-command.mjs'
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { isMain, parseOptions, runMain } from './lib/main.mjs'

/** A version check answers in tens of milliseconds; a busy machine takes seconds at most. */
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
  const ways = [
    ['MILLRACE_REDIS_BIN', async () => env.MILLRACE_REDIS_BIN],
    ['PATH', async () => findOnPath('redis-server', env)],
    ['apt-get', () => installRedis(env, signal)],
  ]
  const path = await firstThatStarts(ways, {
    missing: 'Redis server',
    help: 'Install Redis and set MILLRACE_REDIS_BIN to the path of redis-server.',
    timeoutMs: VERSION_CHECK_TIMEOUT_MS,
    signal,
  })
  return { path }
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
