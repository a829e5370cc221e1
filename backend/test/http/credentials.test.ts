import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCredentialVault } from '../../src/auth/credential-vault.ts'
import { createKeyRing } from '../../src/auth/key-ring.ts'
import { createSecretBox } from '../../src/auth/secret-box.ts'
import { credentials } from '../../src/repositories/schema/identity.ts'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'

const apiKey = 'sk-canary-0123456789abcdef'
let http: HttpApp
let token: string

beforeAll(async () => {
  http = await openHttpApp()
  token = await setUpOwner(http)
})
afterAll(() => http.close())

test('takes a key in, stores it sealed, shows a hint, and never gives it out', async () => {
  const body = {
    name: 'Team',
    provider: 'openai-compatible',
    apiKey,
    baseUrl: 'https://u:p@gateway.example/v1?key=k-canary#k-canary',
  }
  const headers = { 'idempotency-key': 'once' }
  const made = await http.send('POST', '/api/credentials', { token, body, headers })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({ name: 'Team', hint: { baseUrl: 'https://gateway.example/v1', key: '…cdef' } })
  const id = String(made.body['id'])
  const replay = await http.send('POST', '/api/credentials', { token, body, headers })
  expect(replay.body['id']).toBe(id)

  const [row] = await http.test.database.orm.select().from(credentials)
  expect(row?.sealedSecret.toString('utf8')).not.toContain(apiKey)
  const listed = await http.send('GET', '/api/credentials', { token })
  for (const text of [JSON.stringify(listed.body), JSON.stringify(made.body), http.logText()]) {
    expect(text).not.toContain(apiKey)
  }

  const opened: string[] = []
  const box = createSecretBox(createKeyRing(Buffer.alloc(32, 7)).credentials)
  const vault = createCredentialVault(http.test.database, box, {
    onOpened: (key) => opened.push(key),
    unknownElsewhereMs: 0,
    modelAddresses: { allowPrivateAddresses: false, allowedHosts: [] },
  })
  expect(await vault.read(row?.workspaceId ?? '', id)).toMatchObject({ apiKey, provider: 'openai-compatible' })
  expect(opened).toEqual([apiKey])
  await expect(vault.read('another-workspace', id)).rejects.toMatchObject({ code: 'CREDENTIAL_NOT_FOUND' })

  expect((await http.send('DELETE', `/api/credentials/${id}`, { token })).status).toBe(204)
  expect((await http.send('DELETE', `/api/credentials/${id}`, { token })).status).toBe(404)
})

test.each(['http://127.0.0.1:11434/v1', 'http://localhost:11434/v1', 'http://2130706433:11434', 'http://[::1]:11434'])(
  'refuses %s and names the setting that allows it',
  async (baseUrl) => {
    const body = { name: 'Ollama', provider: 'openai-compatible', apiKey: 'none', baseUrl }
    const refused = await http.send('POST', '/api/credentials', { token, body })
    expect(refused).toMatchObject({ status: 422, body: { code: 'HTTP_ADDRESS_REFUSED' } })
    expect(refused.body['message']).toMatch(/start Millrace with MILLRACE_MODEL_HOSTS=\S+:11434\./)
  },
)

test.each(['file:///etc/passwd', 'ftp://gateway.example/'])('refuses %s as a base URL', async (baseUrl) => {
  const body = { name: 'Odd', provider: 'openai-compatible', apiKey: 'none', baseUrl }
  expect((await http.send('POST', '/api/credentials', { token, body })).status).toBe(400)
})
