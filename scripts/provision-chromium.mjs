#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findOnPath, isExecutableFile } from './lib/find-on-path.mjs'
import { install, installWithApt } from './lib/install-by-command.mjs'
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { isMain, parseOptions, runMain, UserError } from './lib/main.mjs'
import { root } from './lib/root.mjs'
import { runCommand } from './lib/run-command.mjs'

const NAMES_ON_PATH = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
/** A browser that cannot print its version within this cannot run tests either (a snap stub, missing libraries). */
const VERSION_CHECK_TIMEOUT_MS = 20_000

const USAGE = `Usage: node scripts/provision-chromium.mjs

Finds or installs a Chromium for the end-to-end tests and prints its path.
Ways, in this order:
  MILLRACE_CHROMIUM   the path of a Chromium or Chrome
  PATH                ${NAMES_ON_PATH.join(', ')}
  Playwright          what Playwright downloaded earlier
  apt-get             as root on Debian
  Playwright          its download
`

/**
 * @param {{ env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options]
 * @returns {Promise<{ path: string }>}
 */
export async function provisionChromium({ env = process.env, signal } = {}) {
  const tried = []
  const ways = [
    ['MILLRACE_CHROMIUM', async () => env.MILLRACE_CHROMIUM],
    ['PATH', async () => NAMES_ON_PATH.map((name) => findOnPath(name, env)).find(Boolean)],
    ["Playwright's cache", playwrightPath],
    ['apt-get', () => installChromium(env, signal)],
    ["Playwright's download", () => installWithPlaywright(signal)],
  ]
  for (const [name, way] of ways) {
    const path = await way().catch((error) => void tried.push(`${name}: ${error.message}`))
    signal?.throwIfAborted()
    if (path && (await starts(path))) return { path }
    if (path) tried.push(`${name}: ${path} does not start`)
  }
  throw new UserError(
    [
      'No Chromium could be found or installed.',
      ...tried.map((line) => `  - ${line}`),
      'Install Chromium or Chrome and set MILLRACE_CHROMIUM to its path.',
    ].join('\n'),
  )
}

async function starts(path) {
  if (!isExecutableFile(path)) return false
  const { code } = await runCommand(path, ['--version'], { timeoutMs: VERSION_CHECK_TIMEOUT_MS })
  return code === 0
}

async function playwrightPath() {
  const { chromium } = await import('playwright-core')
  const path = chromium.executablePath()
  return existsSync(path) ? path : undefined
}

async function installChromium(env, signal) {
  await installWithApt('Installing Chromium with apt-get', ['chromium'], { env, signal })
  return findOnPath('chromium', env)
}

async function installWithPlaywright(signal) {
  const cli = join(root, 'node_modules', 'playwright-core', 'cli.js')
  await install("Getting Chromium by Playwright's download", signal, [[process.execPath, cli, 'install', 'chromium']])
  return playwrightPath()
}

async function main(argv) {
  parseOptions(argv, {})
  const { signal, release } = abortOnInterrupt()
  const { path } = await provisionChromium({ signal }).finally(release)
  process.stdout.write(`${path}\n`)
}

if (isMain(import.meta.filename)) await runMain(USAGE, main)
