import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { applyEvent, emptyExecutionView } from '@millrace/shared/engine/reducer'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { edge, result, startNode } from './support/definitions.ts'
import { type FakeModelServer, openaiAnswer, startFakeModelServer } from './support/fake-model-server.ts'
import { ProductClient } from './support/product-client.ts'
import { type ProductProcess, startProduct } from './support/product-process.ts'
import { waitUntil } from './support/wait-until.ts'

const pathToken = 'T0KEN-in-the-path'
const apiKey = 'sk-canary-step-log-77'
const bodyBytes = 600_000

let dataDir: string
let product: ProductProcess | undefined
let models: FakeModelServer
let pages: Server
let pagesHost: string
let client: ProductClient
let output = ''

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'millrace-step-log-'))
  models = await startFakeModelServer()
  let calls = 0
  pages = createServer(async (_request, response) => {
    calls += 1
    if (calls === 1) {
      response.writeHead(503, { 'retry-after': '0' }).end('later')
      return
    }
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': String(bodyBytes) })
    // Slow enough to be worth a word on how far it is.
    response.write('x'.repeat(bodyBytes / 2))
    await delay(400)
    response.end('y'.repeat(bodyBytes / 2))
  })
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
  pagesHost = `127.0.0.1:${(pages.address() as AddressInfo).port}`
  await startProduct({
    dataDir,
    env: { MILLRACE_ALLOW_PRIVATE_ADDRESSES: 'true', MILLRACE_LOG_LEVEL: 'debug', MILLRACE_LOG_FORMAT: 'json' },
    onSpawn: (spawned) => {
      product = spawned
      spawned.child.stdout?.on('data', (bytes: Buffer) => {
        output += bytes.toString()
      })
    },
  })
  client = await ProductClient.signedIn(product?.baseUrl ?? '')
})
afterAll(async () => {
  await product?.stop()
  pages.closeAllConnections()
  pages.close()
  await models.close()
  await rm(dataDir, { recursive: true, force: true })
})

it('tells what a step does in the run, in its view and in the log of the process, by one call', async () => {
  models.answer(openaiAnswer(['Hello ', 'there']))
  const { id: credentialId } = await client.call<{ id: string }>('POST', '/api/credentials', {
    name: 'Key',
    provider: 'openai-compatible',
    apiKey,
    baseUrl: models.baseUrl,
  })
  const fetchConfig = { url: `http://${pagesHost}/${pathToken}?key=${apiKey}` }
  const askConfig = { provider: 'openai-compatible', model: `fake-${apiKey}`, credentialId, user: 'Say hello.' }
  const retry = { maxAttempts: 2, initialIntervalMs: 50 }
  const workflow = await client.createWorkflow('Talkative', {
    nodes: [
      startNode(),
      { id: 'fetch', type: 'http', name: 'Fetch', config: fetchConfig, retry },
      { id: 'ask', type: 'llm', name: 'Ask', config: askConfig },
      { id: 'vars', type: 'set', name: 'Keep', config: { fields: [{ name: 'note', value: `with ${apiKey}` }] } },
      result('{{ ask.text }}'),
    ],
    edges: [edge('start', 'fetch'), edge('fetch', 'ask'), edge('ask', 'vars'), edge('vars', 'result')],
  })
  const executionId = await client.start(workflow.id)
  expect((await client.waitForStatus(executionId, ['completed', 'failed'])).status).toBe('completed')

  const events = await client.events(executionId)
  const lines = events.flatMap((event) => (event.type === 'node:log' ? [event] : []))
  const said = lines.map(({ nodeId, attempt, level, message }) => `${nodeId} ${attempt} ${level} ${message}`)
  expect(said).toEqual([
    `fetch 1 info GET http://${pagesHost}`,
    expect.stringMatching(/^fetch 1 warn 503 Service Unavailable after \d+ ms, 5 bytes$/),
    'fetch 1 warn The other side asks to wait 0 ms',
    `fetch 2 info GET http://${pagesHost}`,
    expect.stringMatching(/^fetch 2 info 200 OK after (\d+ ms|[\d.]+ s), 600\.0 KB$/),
    `ask 1 info Asks ${new URL(models.baseUrl).host} for fake-•••, prompt of 10 characters, at most 400 tokens`,
    expect.stringMatching(/^ask 1 debug First words after /),
    expect.stringMatching(/^ask 1 info Answered: 11 tokens in, \d+ out, the first after \d+ ms$/),
  ])
  const progress = events.flatMap((event) => (event.type === 'node:progress' ? [event] : []))
  expect(progress.length).toBeGreaterThan(0)
  expect(progress[0]).toMatchObject({ nodeId: 'fetch', attempt: 2, message: expect.stringMatching(/ of 600\.0 KB$/) })

  const [changed] = events.filter(({ type }) => type === 'variable:changed')
  expect(changed).toMatchObject({ nodeId: 'vars', varName: 'note', newValue: 'with •••', changeType: 'created' })
  expect(JSON.stringify(events)).not.toContain(apiKey)

  const view = events.reduce(applyEvent, emptyExecutionView(executionId))
  const shown = new Set(view.log.map(({ message }) => message))
  expect(view.variables['vars.note']?.versions).toMatchObject([{ value: 'with •••' }])
  expect(lines.every(({ message }) => shown.has(message))).toBe(true)

  const logged = () =>
    output
      .split('\n')
      .filter((line) => line.includes('"tag":"step"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  await waitUntil(() => logged().length >= lines.length + 1, { describe: () => JSON.stringify(logged()) })
  expect(logged()).toContainEqual(
    expect.objectContaining({ executionId, nodeId: 'ask', attempt: 1, msg: lines[5]?.message }),
  )
  expect(logged()).toContainEqual(
    expect.objectContaining({ executionId, nodeId: 'fetch', attempt: 1, code: 'HTTP_STATUS', nextRetryInMs: 50 }),
  )
  for (const secret of [pathToken, apiKey]) {
    expect(output).not.toContain(secret)
    expect(JSON.stringify(lines)).not.toContain(secret)
  }
})
