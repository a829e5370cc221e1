#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { webDir } from './lib/builds.mjs'
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { runMain, UserError } from './lib/main.mjs'
import { prepare } from './lib/prepare.mjs'
import { root } from './lib/root.mjs'
import { readServerOptions, SERVER_OPTIONS_HELP } from './lib/server-options.mjs'
import { runSupervised } from './lib/supervise.mjs'

const ENTRY = 'backend/src/main.ts'

const USAGE = `Usage: npm start -- [options]

Starts Millrace: API, worker, web app, database and Temporal server, all in this folder.
What is missing is installed and built first; a first start takes some minutes.

${SERVER_OPTIONS_HELP}
Settings are environment variables; see docs/operations.md.
`

async function main(argv) {
  const serverEnv = readServerOptions(argv)
  const { signal, release } = abortOnInterrupt()
  const preparedEnv = await prepare({ signal }).finally(release)
  if (!existsSync(join(root, ENTRY))) throw new UserError(`${ENTRY} is missing: this clone is incomplete.`)
  return runSupervised(ENTRY, { ...serverEnv, ...preparedEnv, MILLRACE_WEB_DIR: webDir })
}

await runMain(USAGE, main)
