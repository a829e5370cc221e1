import { UserError } from './main.mjs'

/**
 * Runs stages one after the other and goes on after a failure. A stage whose preparation failed is not run and counts
 * as one failure, because nothing is known about it.
 *
 * @param {import('./test-stages.mjs').Stage[]} chosen
 * @param {{ signal: AbortSignal, print: (line: string) => void }} options
 * @returns {Promise<{ stage: import('./test-stages.mjs').Stage, counts: import('./vitest-counts.mjs').Counts, elapsedMs: number }[]>}
 */
export async function runStages(chosen, { signal, print }) {
  const results = []
  const broken = new Set()
  for (const stage of chosen) {
    if (signal.aborted) break
    print(`\n── ${stage.title}`)
    const startedAt = performance.now()
    const missing = stage.needs?.find((id) => broken.has(id))
    const counts = missing ? failure(`not run, because "${missing}" failed`) : await runStage(stage, signal)
    if (counts.failed > 0) broken.add(stage.id)
    for (const reason of counts.reasons) print(`FAILED: ${reason}`)
    results.push({ stage, counts, elapsedMs: performance.now() - startedAt })
  }
  return results
}

async function runStage(stage, signal) {
  try {
    return await stage.run({ signal })
  } catch (error) {
    return failure(error instanceof UserError || error.name === 'Error' ? error.message : error.stack)
  }
}

const failure = (reason) => ({ passed: 0, failed: 1, skipped: 0, reasons: [reason] })
