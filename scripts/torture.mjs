#!/usr/bin/env node
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { parseOptions, runMain } from './lib/main.mjs'
import { nodeBinary, nodeEnv } from './lib/node-binary.mjs'
import { prepare } from './lib/prepare.mjs'
import { say } from './lib/progress.mjs'
import { root } from './lib/root.mjs'
import { runCommand } from './lib/run-command.mjs'
import { provisionRedis } from './provision-redis.mjs'

/** Beyond the faults: the start of all servers, the ends of all runs, the judgement. */
const MARGIN_MINUTES = 15
const DEFAULT_MINUTES = 10

const USAGE = `Usage: npm run torture -- [options]

Runs an installation of several processes under faults while many clients watch, and compares what they saw with what
was written. Ends with 1 when a promise was broken; the seed repeats the same faults.

  --seed <n>         which faults come, when, and against whom; printed
  --minutes <n>      how long faults are made (${DEFAULT_MINUTES})
  --clients <n>      how many watch (100)
  --executions <n>   runs alive at the same time (30)
  --fault <name>     this fault only, again and again
  --short            the form that npm test runs: a quarter of a minute, fewer clients, shorter waits
  --write            write the table to docs/torture.md
`

async function main(argv) {
  const value = { type: 'string' }
  const options = parseOptions(argv, {
    seed: value,
    minutes: value,
    clients: value,
    executions: value,
    fault: value,
    short: { type: 'boolean' },
    write: { type: 'boolean' },
  })
  const { signal, release } = abortOnInterrupt()
  const prepared = await prepare({ signal, withWebApp: false })
  const redis = await provisionRedis({ signal }).catch((error) => {
    say(`${error.message}\nNOT TORTURED: the bus between processes over Redis.`)
    return { path: '' }
  })
  const { code } = await runCommand(nodeBinary(), ['backend/torture/main.ts', ...argv], {
    cwd: root,
    env: { ...nodeEnv(), ...prepared, MILLRACE_REDIS_BIN: redis.path },
    inherit: true,
    signal,
    timeoutMs: (Number(options.minutes ?? DEFAULT_MINUTES) + MARGIN_MINUTES) * 60_000,
  })
  release()
  signal.throwIfAborted()
  return code
}

await runMain(USAGE, main)
