import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { edge, result, startNode } from './support/definitions.ts'
import { type FakeModelServer, openaiAnswer, startFakeModelServer } from './support/fake-model-server.ts'
import { openSocket } from './support/live-viewer.ts'
import { owner, ProductClient } from './support/product-client.ts'
import { type ProductProcess, startProduct } from './support/product-process.ts'
import { waitUntil } from './support/wait-until.ts'

const apiKey = 'sk-canary-7f3a9c5e1b8d2046'
const wrongPassword = 'canary wrong horse 51c2'
/** Also as they would stand in an address. */
const secrets = [apiKey, owner.password, wrongPassword].flatMap((secret) => [secret, encodeURIComponent(secret)])

const leaksIn = (text: string) => secrets.filter((secret) => text.includes(secret))

/** What goes in as a secret comes out nowhere: not said, not sent, not written down. */
describe('secrets in the whole product', () => {
  let dataDir: string
  let product: ProductProcess | undefined
  let models: FakeModelServer
  let client: ProductClient
  /** All that the process has said, at the most talkative level. */
  let output = ''
  /** All that its doors have answered. */
  const answered: string[] = []

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'millrace-secrets-'))
    models = await startFakeModelServer()
    await startProduct({
      dataDir,
      env: { MILLRACE_ALLOW_PRIVATE_ADDRESSES: 'true', MILLRACE_LOG_LEVEL: 'trace' },
      onSpawn: (spawned) => {
        product = spawned
        for (const stream of [spawned.child.stdout, spawned.child.stderr]) {
          stream?.on('data', (bytes: Buffer) => {
            output += bytes.toString()
          })
        }
      },
    })
    client = await ProductClient.signedIn(product?.baseUrl ?? '')
  })
  afterAll(async () => {
    await product?.stop()
    await models.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  async function ask<Body>(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
    const answer = await client.request<Body>(method, path, body)
    answered.push(JSON.stringify(answer.body))
    return answer
  }

  async function run(credentialId: string): Promise<string> {
    const config = { provider: 'openai-compatible', model: 'fake', credentialId, user: 'Write.' }
    const write = { id: 'write', type: 'llm', name: 'Write', config, retry: { maxAttempts: 2, initialIntervalMs: 50 } }
    const workflow = await client.createWorkflow('Secret', {
      nodes: [startNode(), write, result('{{ write.text }}')],
      edges: [edge('start', 'write'), edge('write', 'result')],
    })
    const executionId = await client.start(workflow.id)
    await client.waitForStatus(executionId, ['completed', 'failed'])
    for (const path of ['', '/events?limit=1000', '/definition']) {
      expect((await ask('GET', `/api/executions/${executionId}${path}`)).status).toBe(200)
    }
    return executionId
  }

  it('stay in, whatever goes wrong with them', async () => {
    const socket = openSocket(client)
    socket.on('*', (frame) => answered.push(JSON.stringify(frame)))
    await waitUntil(() => socket.state.status === 'live', { describe: () => JSON.stringify(socket.state) })

    for (const password of [wrongPassword, owner.password]) {
      await ask('POST', '/api/auth/login', { email: owner.email, password })
      // Where nobody expects one, and where the request itself is broken.
      await ask('POST', '/api/auth/login', { email: password, password: 7, [password]: password })
      await ask('POST', '/api/auth/setup', { ...owner, password })
      const broken = await fetch(`${client.baseUrl}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"email":"${owner.email}","password":"${password}"`,
      })
      expect(broken.status).toBe(400)
      answered.push(await broken.text())
    }

    const body = { name: 'Canary', provider: 'openai-compatible', apiKey, baseUrl: models.baseUrl }
    await ask('POST', '/api/credentials', { ...body, provider: 'none' })
    const made = await ask<{ id: string }>('POST', '/api/credentials', body)
    expect(made.status).toBe(201)
    await ask('GET', '/api/credentials')

    const refusal = { error: { message: `Incorrect API key provided: ${apiKey}`, type: 'invalid_request_error' } }
    models.answer(
      (response) => void response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(refusal)),
    )
    const refused = await run(made.body.id)
    expect((await client.execution(refused)).status).toBe('failed')
    models.answer((response) => void response.writeHead(500).end(`Bearer ${apiKey}`))
    await run(made.body.id)
    models.answer(openaiAnswer(['Your key is ', apiKey, ', is it not?']))
    const told = await run(made.body.id)
    const { outputs } = await client.execution(told)
    expect(outputs?.['text']).toMatch(/^Your key is .+, is it not\?$/)
    // The key has been used: otherwise nothing here could leak.
    expect(models.seen.map(({ headers }) => headers.authorization)).toContain(`Bearer ${apiKey}`)
    await ask('GET', '/api/executions')
    await ask('DELETE', `/api/credentials/${made.body.id}`)
    socket.close()

    expect(await product?.stop()).toBe(0)
    expect(output).toContain('/api/credentials')
    expect.soft(leaksIn(output)).toEqual([])
    expect.soft(answered.filter((text) => leaksIn(text).length > 0)).toEqual([])
  })

  it('are in no file of the data folder', async () => {
    const entries = await readdir(dataDir, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    expect(files.some((file) => file.includes('temporal.db'))).toBe(true)
    const leaking: string[] = []
    for (const file of files) {
      const bytes = await readFile(file)
      if (secrets.some((secret) => bytes.includes(secret))) leaking.push(file.slice(dataDir.length))
    }
    expect(leaking).toEqual([])
  })
})
