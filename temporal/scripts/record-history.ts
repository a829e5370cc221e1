import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AppError } from '@millrace/shared/errors/app-error'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { answerPrompt } from '../src/client/answer-prompt.ts'
import { temporalWorkflowId } from '../src/task-queues.ts'
import { historyPlan } from '../test/harness/history-scenario.ts'
import { createMemoryPorts, repeatMessage } from '../test/harness/memory-ports.ts'
import { startTestEngine } from '../test/harness/test-engine.ts'

/**
 * Records temporal/test/histories/<name>.json from a real run: `npx node temporal/scripts/record-history.ts <name>`,
 * with MILLRACE_TEMPORAL_BIN set. Record a new one when the interpreter's behaviour changes under a new
 * `engineVersion`; a recorded history is never changed, for runs like it are still under way somewhere.
 */
const [name] = process.argv.slice(2)
if (!name) throw new Error('usage: npx node temporal/scripts/record-history.ts <name>')

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
  await engine.start(executionId, historyPlan, { topic: 'mills' })
  for (const [round, choice] of ['redo', 'ok'].entries()) {
    const { requestId } = await ports.events.waitFor(
      executionId,
      'user:input:required',
      ({ iteration }) => iteration === round + 1,
    )
    const answeredBy = { userId: 'u1', name: 'Ada' }
    await answerPrompt(engine.client, {
      executionId,
      requestId,
      response: { choice },
      answeredBy,
      idempotencyKey: `key-${round}`,
    })
  }
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
