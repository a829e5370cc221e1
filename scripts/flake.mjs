#!/usr/bin/env node
import { ensureInstalled } from './lib/install.mjs'
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { parseOptions, runMain, UsageError } from './lib/main.mjs'
import { runVitest } from './lib/run-vitest.mjs'

const ROUND_TIMEOUT_MS = 30 * 60_000
const COUNT_DEFAULT = '30'

const USAGE = `Usage: npm run flake -- [--count ${COUNT_DEFAULT}] [--only <part of a file name>]

Repeats the integration tests and says in which rounds they failed. A test that fails once in thirty rounds has a race.
`

async function main(argv) {
  const options = parseOptions(argv, { count: { type: 'string', default: COUNT_DEFAULT }, only: { type: 'string' } })
  const count = Number(options.count)
  if (!Number.isInteger(count) || count < 1) throw new UsageError(`"${options.count}" is not a number of rounds.`)

  const { signal, release } = abortOnInterrupt()
  await ensureInstalled({ signal })
  const failedRounds = []
  for (let round = 1; round <= count && !signal.aborted; round += 1) {
    console.log(`\n── Round ${round} of ${count}`)
    const files = options.only ? [options.only] : []
    const counts = await runVitest(['integration'], { signal, timeoutMs: ROUND_TIMEOUT_MS, files })
    for (const reason of counts.reasons) console.log(`FAILED: ${reason}`)
    if (counts.failed > 0) failedRounds.push(round)
  }
  release()
  signal.throwIfAborted()
  console.log(
    failedRounds.length > 0 ? `Failed in rounds ${failedRounds.join(', ')} of ${count}.` : `${count} rounds passed.`,
  )
  return failedRounds.length > 0 ? 1 : 0
}

await runMain(USAGE, main)
