#!/usr/bin/env node
import { join } from 'node:path'
import { withBuildFolder } from './lib/build-folder.mjs'
import { cacheDir } from './lib/cache-dir.mjs'
import { findOnPath, isExecutableFile } from './lib/find-on-path.mjs'
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { isMain, parseOptions, runMain, UserError } from './lib/main.mjs'
import { formatDuration, say } from './lib/progress.mjs'
import { runCommand } from './lib/run-command.mjs'
import { downloadTemporal } from './lib/temporal-download.mjs'
import { buildTemporalWithGo } from './lib/temporal-go-build.mjs'

/**
 * The version we measured and test with. Not simply the newest: it is the last one that `go install` accepts, because
 * later modules carry replace directives, and both ways of getting it must give the same server.
 */
export const TEMPORAL_CLI_VERSION = '1.5.1'

/** A version check answers in tens of milliseconds; a file that hangs is not the Temporal CLI. */
const VERSION_CHECK_TIMEOUT_MS = 10_000
const WAIT_NOTICE_INTERVAL_MS = 5_000

const USAGE = `Usage: node scripts/provision-temporal.mjs

Finds or builds the Temporal server that Millrace starts beside itself, and prints its path.
Ways, in this order:
  TEMPORAL_ADDRESS       a server that runs already; nothing is needed then and its address is printed
  MILLRACE_TEMPORAL_BIN  the path of a "temporal" executable
  PATH                   a "temporal" executable of version ${TEMPORAL_CLI_VERSION} or later
  cache                  what an earlier start has got (MILLRACE_CACHE_DIR, by default ~/.cache/millrace)
  download               the same archive the Temporal SDK downloads
  go install             about two minutes, when Go is installed
`

/** Raised when every way failed; the message names each and says what to do. */
export class TemporalNotFoundError extends UserError {
  /** @param {string[]} tried one line per way */
  constructor(tried) {
    super(
      [
        'No Temporal server could be found or built. Tried:',
        ...tried.map((line) => `  - ${line}`),
        'What helps, any one of:',
        '  - install the Temporal CLI (https://docs.temporal.io/cli) so that "temporal" is on the PATH',
        '  - install Go 1.25 or later (https://go.dev/dl) and start again: the server is then built once',
        '  - set TEMPORAL_ADDRESS=host:port to use a Temporal server that runs already',
      ].join('\n'),
    )
  }
}

/**
 * @param {{ env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options]
 * @returns {Promise<{ path: string } | { address: string }>}
 * @throws {TemporalNotFoundError}
 */
export async function provisionTemporal({ env = process.env, signal } = {}) {
  if (env.TEMPORAL_ADDRESS) return { address: env.TEMPORAL_ADDRESS }
  const tried = ['TEMPORAL_ADDRESS: not set']
  const given = checkGiven(env, tried) ?? (await checkPath(env, tried))
  if (given) return { path: given }

  const cached = cachedBinary(env)
  if (isExecutableFile(cached)) return { path: cached }
  tried.push(`cache: nothing at ${cached}`)

  const workDir = join(cacheDir(env), 'building-temporal')
  await withBuildFolder(workDir, {
    signal,
    onWait: createWaitNotice(),
    isDone: async () => isExecutableFile(cached),
    build: () => acquire({ version: TEMPORAL_CLI_VERSION, workDir, target: cached, env, signal }, tried),
  })
  return { path: cached }
}

/** The executable's place in the cache; platform in the path, for home folders shared by several machines. */
function cachedBinary(env) {
  const file = process.platform === 'win32' ? 'temporal.exe' : 'temporal'
  return join(cacheDir(env), 'temporal', `${TEMPORAL_CLI_VERSION}-${process.platform}-${process.arch}`, file)
}

function checkGiven(env, tried) {
  const path = env.MILLRACE_TEMPORAL_BIN
  if (path && isExecutableFile(path)) return path
  tried.push(`MILLRACE_TEMPORAL_BIN: ${path ? `${path} is not an executable file` : 'not set'}`)
}

async function checkPath(env, tried) {
  const path = findOnPath('temporal', env)
  if (!path) return void tried.push('PATH: no "temporal" there')
  const { code, stdout } = await runCommand(path, ['--version'], { timeoutMs: VERSION_CHECK_TIMEOUT_MS })
  const version = /version v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  if (code === 0 && version && isNewEnough(version)) return path
  tried.push(
    `PATH: ${path} ${version ? `is version ${version}, older than ${TEMPORAL_CLI_VERSION}` : 'does not answer as the Temporal CLI'}`,
  )
}

/** @param {string} version A build without a release number calls itself 0.0.0; whoever made it knows what it is. */
export function isNewEnough(version) {
  if (version === '0.0.0') return true
  const [have, need] = [version, TEMPORAL_CLI_VERSION].map((text) => text.split('.').map(Number))
  const differs = have.findIndex((part, index) => part !== need[index])
  return differs === -1 || have[differs] > need[differs]
}

/** Leaves the executable at `target`, complete or not at all. */
async function acquire(options, tried) {
  for (const [name, way] of [
    ['download', downloadTemporal],
    ['go install', buildTemporalWithGo],
  ]) {
    try {
      return await way(options)
    } catch (error) {
      options.signal?.throwIfAborted()
      tried.push(`${name}: ${error.message}`)
    }
  }
  throw new TemporalNotFoundError(tried)
}

function createWaitNotice() {
  let nextMs = 0
  return (waitedMs) => {
    if (waitedMs < nextMs) return
    nextMs = waitedMs + WAIT_NOTICE_INTERVAL_MS
    say(`  Another Millrace is getting the Temporal server; waiting (${formatDuration(waitedMs)}).`)
  }
}

async function main(argv) {
  parseOptions(argv, {})
  const { signal, release } = abortOnInterrupt()
  const found = await provisionTemporal({ signal }).finally(release)
  process.stdout.write(`${'path' in found ? found.path : found.address}\n`)
}

if (isMain(import.meta.filename)) await runMain(USAGE, main)
