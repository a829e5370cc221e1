import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createKeyRing } from '../../src/auth/key-ring.ts'
import { type HttpApp, openHttpApp, ownerAccount, setUpOwner } from '../support/http-app.ts'

let http: HttpApp | null = null
let folder: string | null = null

async function open(...given: Parameters<typeof openHttpApp>): Promise<HttpApp> {
  http = await openHttpApp(...given)
  return http
}

afterEach(async () => {
  await http?.close()
  http = null
  if (folder !== null) await rm(folder, { recursive: true })
  folder = null
})

test('answers every failure in one shape with the id of the request', async () => {
  const { send, app } = await open()
  const missing = await send('GET', '/api/nothing/here', { headers: { 'x-request-id': 'mine-1' } })
  expect(missing.body).toMatchObject({ code: 'NOT_FOUND', requestId: 'mine-1' })
  expect(missing.headers['x-request-id']).toBe('mine-1')
  const forged = await send('GET', '/api/nothing', { headers: { 'x-request-id': 'a b\u00e9' } })
  expect(forged.body['requestId']).not.toContain(' ')

  const post = (payload: string, type: string) =>
    app.inject({ method: 'POST', url: '/api/auth/login', payload, headers: { 'content-type': type } })
  const cases: [string, string, number, string][] = [
    ['{"email":', 'application/json', 400, 'MALFORMED_JSON'],
    ['', 'application/json', 400, 'INVALID_INPUT'],
    ['[]', 'application/json', 400, 'INVALID_INPUT'],
    ['{"__proto__":{"a":1}}', 'application/json', 400, 'MALFORMED_JSON'],
    [`{"email":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'application/json', 400, 'INVALID_INPUT'],
    ['email=a', 'application/x-www-form-urlencoded', 400, 'INVALID_INPUT'],
    [JSON.stringify({ email: 'x'.repeat(5 * 1024 * 1024) }), 'application/json', 413, 'PAYLOAD_TOO_LARGE'],
  ]
  for (const [payload, type, status, code] of cases) {
    const reply = await post(payload, type)
    expect([reply.statusCode, reply.json()]).toMatchObject([status, { code, requestId: expect.any(String) }])
  }
  expect((await send('GET', '/api/health?x=%00')).status).toBe(400)
})

test('asks for credentials before it looks at a request', async () => {
  const { send } = await open()
  await setUpOwner({ send } as HttpApp)
  const reply = await send('POST', '/api/workflows', { body: { name: 5 } })
  expect([reply.status, reply.body['code']]).toEqual([401, 'NOT_AUTHENTICATED'])
})

test('hides what it did not expect, and logs it', async () => {
  const { send, app, logText } = await open()
  app.addHook('onRequest', async (request) => {
    if (request.url === '/live') throw new Error('the inner secret')
  })
  const reply = await send('GET', '/live')
  expect(reply.status).toBe(500)
  expect(reply.body).toEqual({
    code: 'INTERNAL',
    message: 'Something went wrong on our side.',
    requestId: expect.any(String),
  })
  expect(logText()).toContain('the inner secret')
})

test('reports health by component, with 503 while one is away, and shows no cause', async () => {
  let isAway = false
  const { send } = await open(
    {},
    {
      database: async () => 'pglite',
      temporal: async () => {
        if (isAway) throw new Error('postgres://user:secret@host')
        return undefined
      },
    },
  )
  const whole = await send('GET', '/api/health')
  expect(whole.status).toBe(200)
  expect(whole.body).toMatchObject({ status: 'ok', components: { database: { status: 'ok', detail: 'pglite' } } })
  isAway = true
  await expect.poll(async () => (await send('GET', '/ready')).status, { timeout: 5000 }).toBe(503)
  const degraded = await send('GET', '/api/health')
  expect(degraded.body).toMatchObject({ status: 'degraded', components: { temporal: { status: 'away' } } })
  expect(JSON.stringify(degraded.body)).not.toContain('secret')
  expect((await send('GET', '/live')).body).toEqual({ status: 'ok' })
})

test('wants the token printed at start when others than this machine can set it up', async () => {
  const { send } = await open({ host: '0.0.0.0' })
  expect((await send('GET', '/api/auth/state')).body).toEqual({ setupRequired: true, setupTokenRequired: true })
  const setUp = (setupToken?: string) =>
    send('POST', '/api/auth/setup', { body: { ...ownerAccount, ...(setupToken === undefined ? {} : { setupToken }) } })
  expect((await setUp()).body['code']).toBe('SETUP_TOKEN_REQUIRED')
  expect((await setUp('wrong')).body['code']).toBe('SETUP_TOKEN_REQUIRED')
  expect((await setUp(createKeyRing(Buffer.alloc(32, 7)).setupToken)).status).toBe(201)
})

test('slows down who guesses passwords, by address and account', async () => {
  const { send } = await open({ signInsPerMinuteMax: 3 })
  await setUpOwner({ send } as HttpApp)
  const guess = (email: string) => send('POST', '/api/auth/login', { body: { email, password: 'a guess' } })
  for (let tries = 1; tries <= 3; tries += 1) expect((await guess('a@example.org')).status).toBe(401)
  const refused = await guess('a@example.org')
  expect([refused.status, refused.body['code']]).toEqual([429, 'RATE_LIMITED'])
  expect(refused.headers['retry-after']).toBeDefined()
  expect((await guess('b@example.org')).status).toBe(401)
})

test('bounds the requests of one address', async () => {
  const { send } = await open({ requestsPerMinuteMax: 5 })
  for (let count = 1; count <= 5; count += 1) expect((await send('GET', '/live')).status).toBe(200)
  expect((await send('GET', '/live')).body).toMatchObject({ code: 'RATE_LIMITED' })
})

test('lets only listed origins read answers', async () => {
  const { send } = await open({ allowedOrigins: ['https://app.example.org'] })
  const origin = async (value: string) => (await send('GET', '/live', { headers: { origin: value } })).headers
  expect((await origin('https://app.example.org'))['access-control-allow-origin']).toBe('https://app.example.org')
  expect((await origin('https://evil.example'))['access-control-allow-origin']).not.toBe('https://evil.example')
})

test('serves the web app: its page for addresses that browsers open, hashed files for ever', async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-web-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<title>Millrace</title>')
  await writeFile(join(folder, 'assets', 'main-aB3dE5g7.js'), 'export {}')
  const { app } = await open({ webDir: folder })
  const get = (url: string, accept = 'text/html') => app.inject({ url, headers: { accept } })
  for (const url of ['/', '/workflows/abc', '/index.html']) {
    const page = await get(url)
    expect([url, page.statusCode, page.headers['cache-control']]).toEqual([url, 200, 'no-cache'])
    expect(page.payload).toContain('<title>Millrace</title>')
    expect(page.headers['content-security-policy']).toContain("default-src 'self'")
  }
  const file = await get('/assets/main-aB3dE5g7.js', '*/*')
  expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect((await get('/assets/gone-aB3dE5g7.js')).statusCode).toBe(404)
  expect((await get('/api/gone')).json()).toMatchObject({ code: 'NOT_FOUND' })
  expect((await get('/workflows/abc', 'application/json')).statusCode).toBe(404)
  expect((await get('/../package.json')).payload).not.toContain('dependencies')
})

test('D09 bounds the requests of one person from all addresses together, and lets another one through', async () => {
  const { app, send } = await open({ requestsPerMinuteMax: 4 })
  const token = await setUpOwner({ send } as HttpApp)
  const ask = async (host: number) => {
    const headers = { authorization: `Bearer ${token}` }
    return (await app.inject({ url: '/api/me', headers, remoteAddress: `203.0.113.${host}` })).statusCode
  }
  const answers = []
  for (let host = 1; host <= 5; host += 1) answers.push(await ask(host))
  expect(answers).toEqual([200, 200, 200, 200, 429])
  const stranger = await app.inject({ url: '/live', remoteAddress: '203.0.113.5' })
  expect(stranger.statusCode).toBe(200)
})
