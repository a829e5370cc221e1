import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AppError } from '@millrace/shared/errors/app-error'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { temporalWorkflowId } from '../src/task-queues.ts'
import { historyScenarios } from '../test/harness/history-scenario.ts'
import { createMemoryPorts, repeatMessage } from '../test/harness/memory-ports.ts'
import { startTestEngine } from '../test/harness/test-engine.ts'

/**
 * Records temporal/test/histories/<scenario>-<number>.json from a real run: `npx node temporal/scripts/record-history.ts
 * <scenario> <number>`, with MILLRACE_TEMPORAL_BIN set. Record a new one when the interpreter's behaviour changes under a new
 * `engineVersion`; a recorded history is never changed, for runs like it are still under way somewhere.
 */
const [scenarioName = '', number] = process.argv.slice(2)
const scenario = historyScenarios[scenarioName]
if (scenario === undefined || number === undefined) {
  const names = Object.keys(historyScenarios).join('|')
  throw new Error(`usage: npx node temporal/scripts/record-history.ts ${names} <number>`)
}

const name = `${scenarioName}-${number}`
const executionId = `recorded-${name}`
let calls = 0
const ports = createMemoryPorts({
  generate: async (request) => {
    calls += 1
    if (calls === 1) throw new AppError('PROVIDER_UNAVAILABLE')
    return repeatMessage(request)
  },
})
const engine = await startTestEngine(ports)
try {
  await engine.start(executionId, scenario.plan, { topic: 'mills' })
  await scenario.play(engine, executionId)
  await engine.ended(executionId)
  const history = await engine.client.workflow.getHandle(temporalWorkflowId(executionId)).fetchHistory()
  const target = new URL(`../test/histories/${name}.json`, import.meta.url)
  // Stack traces name the folder of this checkout, which is nobody's business.
  const root = fileURLToPath(new URL('../../', import.meta.url))
  await writeFile(target, `${historyToJSON(history).replaceAll(root, '/app/')}\n`)
  console.log(`${target.pathname}: ${history.events?.length ?? 0} events`)
} finally {
  await engine.stop()
}
