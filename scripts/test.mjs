#!/usr/bin/env node
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { parseOptions, runMain, UsageError } from './lib/main.mjs'
import { formatDuration } from './lib/progress.mjs'
import { runStages } from './lib/run-stages.mjs'
import { selectStages, stages } from './lib/test-stages.mjs'
import { sumCounts } from './lib/vitest-counts.mjs'

const USAGE = `Usage: npm test -- [--only <stage>,<stage>]

Runs everything CI checks and goes on after a failure, so that one run shows all of them.
The last line is "N passed, N failed".

Stages, in order:
${stages.map((stage) => `  ${stage.id.padEnd(12)} ${stage.title}`).join('\n')}

  --only   only these stages and what they need
`

async function main(argv) {
  const { only } = parseOptions(argv, { only: { type: 'string' } })
  const chosen = only === undefined ? stages : selectStages(parseStageIds(only))
  const { signal, release } = abortOnInterrupt()
  const results = await runStages(chosen, { signal, print: (line) => console.log(line) }).finally(release)
  signal.throwIfAborted()

  console.log('\n── Summary')
  for (const { stage, counts, elapsedMs } of results) {
    const words = [`${counts.passed} passed`, `${counts.failed} failed`]
    if (counts.skipped > 0) words.push(`${counts.skipped} skipped`)
    const mark = counts.failed > 0 ? '✗' : '✓'
    console.log(`${mark} ${stage.title.padEnd(36)} ${words.join(', ')} (${formatDuration(elapsedMs)})`)
    for (const reason of counts.reasons) console.log(`    ${reason}`)
  }
  const { passed, failed } = sumCounts(results.map((result) => result.counts))
  console.log(`${passed} passed, ${failed} failed`)
  return failed > 0 ? 1 : 0
}

function parseStageIds(text) {
  const ids = text.split(',').map((id) => id.trim())
  const known = stages.map((stage) => stage.id)
  const unknown = ids.filter((id) => !known.includes(id))
  if (unknown.length > 0) throw new UsageError(`Unknown stage "${unknown[0]}". Stages: ${known.join(', ')}.`)
  return ids
}

await runMain(USAGE, main)
