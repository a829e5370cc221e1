import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventId } from '@millrace/shared/events/event-id'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DeliveryWorld, expectQuiet, openDeliveryWorld } from '../delivery/delivery-world.ts'
import { questionAsked } from '../delivery/listed-drafts.ts'
import { completedDraft, createdDraft } from '../delivery/memory-log.ts'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'
import { waitUntil } from '../support/wait-until.ts'

const file = new URL('../../../shared/src/client/README.md', import.meta.url)
const backend = fileURLToPath(new URL('../..', import.meta.url))

/** The examples that the page says are run, in their order. */
async function example(index: number): Promise<string> {
  const page = await readFile(file, 'utf8')
  const [, snippet] = [...page.matchAll(/<!-- runs: .* -->\n```js\n([\s\S]*?)```/g)][index] ?? []
  if (snippet === undefined) throw new Error(`There is no example ${index}.`)
  return snippet
}

/** Resolves with what it prints when it ends by itself. */
async function run(snippet: string, place: Record<string, string>): Promise<string> {
  const options = { cwd: backend, env: { ...process.env, ...place, NODE_OPTIONS: '' }, timeout: 60_000 }
  const args = ['--input-type=module', '--eval', snippet]
  const { stdout } = await promisify(execFile)(process.execPath, args, options)
  return stdout
}

describe('following', () => {
  let world: DeliveryWorld
  beforeEach(async () => {
    world = await openDeliveryWorld()
    for (const topic of ['execution:e1', 'workspace:ws-1']) world.log.createTopic(topic, 'ws-1')
  })
  afterEach(() => world.close())

  it('F01 runs as the client’s page says', async () => {
    world.log.append('execution:e1', [createdDraft('e1')])
    world.log.append('workspace:ws-1', [questionAsked({ executionId: 'e1', workflowId: 'w1' }, 'q')])
    world.log.append('execution:e1', [completedDraft('e1')])
    const place = { MILLRACE_WS_URL: world.url, MILLRACE_API_KEY: 'token-ada', EXECUTION_ID: 'e1' }
    const stdout = await run(await example(0), place)
    expect(stdout).toContain('completed')
    // Which of the two comes first is not promised; that the process ends, is.
    expect(stdout).toMatch(/^((\d+ open questions|\w+ \d+)\n)+$/)
    await expectQuiet(world.manager)
  })
})

describe('starting and answering', () => {
  let http: HttpApp
  let token: string
  beforeEach(async () => {
    http = await openHttpApp()
    token = await setUpOwner(http)
    await http.app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterEach(() => http.close())

  it('F01 F17 runs as the client’s page says', async () => {
    const me = (await http.send('GET', '/api/me', { token })).body
    const { user, workspaces } = me as unknown as { user: { id: string }; workspaces: { id: string }[] }
    const owner = { workspaceId: workspaces[0]?.id ?? '', userId: user.id }
    const made = await http.send('POST', '/api/templates/review-desk/workflows', { token })
    const scopes = ['read', 'run', 'answer']
    const key = await http.send('POST', '/api/api-keys', { token, body: { name: 'example', scopes } })
    const running = run(await example(1), {
      MILLRACE_WS_URL: `ws://127.0.0.1:${(http.app.server.address() as AddressInfo).port}/ws`,
      MILLRACE_API_KEY: String(key.body['key']),
      WORKFLOW_ID: String(made.body['id']),
    })
    // What fails early is told by the last line; until then it must not count as unheard.
    running.catch(() => undefined)
    const executionId = () => http.engine.started.at(-1)?.executionId
    await waitUntil(
      () => executionId() !== undefined && http.manager.getExecutionSubscriberCount(executionId() ?? '') > 0,
    )
    const nodePath = 'redo[1]/approve'
    const node = { executionId: executionId() ?? '', nodeId: 'approve', nodePath, iteration: 1 }
    const asked = { nodeName: 'Approve', workflowName: 'Review desk', prompt: 'Shall it go out?', inputType: 'choice' }
    const type = 'user:input:required'
    const question = { ...node, ...asked, requestId: `${executionId()}:${nodePath}`, validation: {} } as const
    await http.emitter.emit(owner, [{ type, eventId: eventId({ nodePath, type }), timestamp: 1, ...question }] as never)
    await waitUntil(() => http.engine.answers.length > 0)
    const end = 'execution:completed'
    const base = {
      type: end,
      eventId: eventId({ nodePath: null, type: end }),
      timestamp: 2,
      status: 'completed',
    } as const
    const { executionId: id } = node
    await http.emitter.emit(owner, [{ ...base, executionId: id, outputs: { text: 'Done' }, duration: 1 }])
    const stdout = await running
    expect(stdout).toContain('1 watching')
    expect(stdout).toContain("completed { text: 'Done' }")
    expect(stdout).not.toContain('not answered')
    await expectQuiet(http.manager)
  })
})
