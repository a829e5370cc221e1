#!/usr/bin/env node
import { ensureInstalled } from './lib/install.mjs'
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { runMain } from './lib/main.mjs'
import { nodeBinary, nodeEnv } from './lib/node-binary.mjs'
import { root } from './lib/root.mjs'
import { runCommand } from './lib/run-command.mjs'
import { readServerOptions } from './lib/server-options.mjs'

/** Long enough for the first opening of a large database on a slow disk. */
const TIMEOUT_MINUTES = 10

const USAGE = `Usage: npm run restored -- [options]

Run this once after restoring a backup, while Millrace is stopped. It gives the past of every topic a new name, so that
browsers and programs that saw more than the backup holds are shown the state as it is now, and never continue a story
that is gone. Nothing else changes. With DATABASE_URL set, that database is meant.

  --data-dir <path>   the data folder (default .millrace in this folder, or MILLRACE_DATA_DIR)
  --help              this text
`

async function main(argv) {
  const { MILLRACE_DATA_DIR } = readServerOptions(argv)
  const { signal, release } = abortOnInterrupt()
  await ensureInstalled({ signal })
  const { code } = await runCommand(nodeBinary(), ['backend/src/restored.ts'], {
    cwd: root,
    env: { ...nodeEnv(), MILLRACE_DATA_DIR },
    inherit: true,
    signal,
    timeoutMs: TIMEOUT_MINUTES * 60_000,
  })
  release()
  return code
}

await runMain(USAGE, main)
