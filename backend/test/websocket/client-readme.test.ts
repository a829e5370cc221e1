import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type DeliveryWorld, expectQuiet, openDeliveryWorld } from '../delivery/delivery-world.ts'
import { questionAsked } from '../delivery/listed-drafts.ts'
import { completedDraft, createdDraft } from '../delivery/memory-log.ts'

const file = new URL('../../../shared/src/client/README.md', import.meta.url)
const backend = fileURLToPath(new URL('../..', import.meta.url))

let world: DeliveryWorld
beforeEach(async () => {
  world = await openDeliveryWorld()
  for (const topic of ['execution:e1', 'workspace:ws-1']) world.log.createTopic(topic, 'ws-1')
})
afterEach(() => world.close())

it('F01 the example of the client’s page runs as it stands', async () => {
  const snippet = /<!-- runs: .* -->\n```js\n([\s\S]*?)```/.exec(await readFile(file, 'utf8'))?.[1] ?? ''
  world.log.append('execution:e1', [createdDraft('e1')])
  world.log.append('workspace:ws-1', [questionAsked({ executionId: 'e1', workflowId: 'w1' }, 'q')])
  world.log.append('execution:e1', [completedDraft('e1')])
  const place = { MILLRACE_WS_URL: world.url, MILLRACE_API_KEY: 'token-ada', EXECUTION_ID: 'e1' }
  const options = { cwd: backend, env: { ...process.env, ...place, NODE_OPTIONS: '' }, timeout: 60_000 }
  const args = ['--input-type=module', '--eval', snippet]
  const { stdout } = await promisify(execFile)(process.execPath, args, options)
  expect(stdout).toContain('completed')
  // Which of the two comes first is not promised; that the process ends, is.
  expect(stdout).toMatch(/^((\d+ open questions|\w+ \d+)\n)+$/)
  await expectQuiet(world.manager)
})
