#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findOnPath } from './lib/find-on-path.mjs'
import { firstThatStarts } from './lib/first-that-starts.mjs'
import { install, installWithApt } from './lib/install-by-command.mjs'
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { isMain, parseOptions, runMain } from './lib/main.mjs'
import { root } from './lib/root.mjs'

const NAMES_ON_PATH = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
/** Longer than a browser takes on a busy machine that has not run it before. */
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
 * @throws {UserError} when every way failed; the message names each
 */
export async function provisionChromium({ env = process.env, signal } = {}) {
  const ways = [
    ['MILLRACE_CHROMIUM', async () => env.MILLRACE_CHROMIUM],
    ['PATH', async () => NAMES_ON_PATH.map((name) => findOnPath(name, env)).find(Boolean)],
    ["Playwright's cache", playwrightPath],
    ['apt-get', () => installChromium(env, signal)],
    ["Playwright's download", () => installWithPlaywright(signal)],
  ]
  const path = await firstThatStarts(ways, {
    missing: 'Chromium',
    help: 'Install Chromium or Chrome and set MILLRACE_CHROMIUM to its path.',
    timeoutMs: VERSION_CHECK_TIMEOUT_MS,
    signal,
  })
  return { path }
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
