import { afterEach, expect, test } from 'vitest'
import { createKeyRing } from '../../src/auth/key-ring.ts'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp, ownerAccount } from '../support/http-app.ts'

let http: HttpApp
afterEach(async () => {
  await expectQuiet(http.manager)
  await http.close()
})

/** What a proxy on this machine passes on of a caller: it appends to what the caller wrote. */
const through = (address: string, written?: string) => ({
  'x-forwarded-for': written === undefined ? address : `${written}, ${address}`,
})

let written = 0
/** Another first entry each time. */
const spoofed = (address: string) => {
  written += 1
  return through(address, `198.51.100.${written}`)
}

const setupToken = createKeyRing(Buffer.alloc(32, 7)).setupToken

async function open(overrides: Parameters<typeof openHttpApp>[0], live: Parameters<typeof openHttpApp>[2] = {}) {
  http = await openHttpApp({ trustProxy: ['loopback'], ...overrides }, {}, live)
  return http
}

async function setUp(): Promise<string> {
  const body = { ...ownerAccount, setupToken }
  return String(
    (await http.send('POST', '/api/auth/setup', { body, headers: through('203.0.113.9') })).body['accessToken'],
  )
}

test('bounds the requests of an address, whatever its owner writes before it', async () => {
  await open({ requestsPerMinuteMax: 3 })
  const ask = async (headers: Record<string, string>) => (await http.send('GET', '/live', { headers })).status
  for (let count = 1; count <= 3; count += 1) expect(await ask(spoofed('203.0.113.7'))).toBe(200)
  expect(await ask(spoofed('203.0.113.7'))).toBe(429)
  expect(await ask(through('203.0.113.8'))).toBe(200)
})

test('slows down who guesses passwords behind a written address', async () => {
  await open({ signInsPerMinuteMax: 3 })
  await setUp()
  const guess = async (headers: Record<string, string>) =>
    (await http.send('POST', '/api/auth/login', { body: { email: 'a@example.org', password: 'a guess' }, headers }))
      .status
  for (let tries = 1; tries <= 3; tries += 1) expect(await guess(spoofed('203.0.113.7'))).toBe(401)
  expect(await guess(spoofed('203.0.113.7'))).toBe(429)
  expect(await guess(through('203.0.113.8'))).toBe(401)
})

test('slows down who guesses the password of one account from many addresses', async () => {
  await open({ signInsPerMinuteMax: 1 })
  await setUp()
  const guess = async (email: string, address: string) =>
    (await http.send('POST', '/api/auth/login', { body: { email, password: 'a guess' }, headers: through(address) }))
      .status
  const answers: number[] = []
  for (let host = 1; host <= 11; host += 1) answers.push(await guess('a@example.org', `203.0.113.${host}`))
  expect(answers).toEqual([...Array.from({ length: 10 }, () => 401), 429])
  expect(await guess('b@example.org', '203.0.113.12')).toBe(401)
})

test('takes the addresses of one IPv6 network for one', async () => {
  await open({ signInsPerMinuteMax: 2 })
  await setUp()
  const guess = async (address: string) =>
    (
      await http.send('POST', '/api/auth/login', {
        body: { email: 'a@example.org', password: 'a guess' },
        headers: through(address),
      })
    ).status
  expect([await guess('2001:db8::1'), await guess('2001:db8::2'), await guess('2001:db8::3')]).toEqual([401, 401, 429])
  expect(await guess('2001:db8:0:1::1')).toBe(401)
})

test('bounds the connections of an address, whatever its owner writes before it', async () => {
  await open({}, { connectionsPerAddressMax: 1 })
  const token = await setUp()
  const url = `${(await http.app.listen({ port: 0, host: '127.0.0.1' })).replace('http', 'ws')}/ws`
  const connect = (headers: Record<string, string>) =>
    new RawClient(url, ['millrace.v1', `bearer.${token}`], { headers })
  const first = connect(spoofed('203.0.113.7'))
  await first.next('connected')
  expect(await connect(spoofed('203.0.113.7')).ended()).toEqual({ code: 1013, reason: 'TOO_MANY_CONNECTIONS' })
  const other = connect(through('203.0.113.8'))
  await other.next('connected')
  await other.close()
  await first.close()
})

test('believes nobody but the proxies that are named', async () => {
  await open({ trustProxy: ['10.0.0.7'], requestsPerMinuteMax: 3 })
  const ask = async () => (await http.send('GET', '/live', { headers: spoofed('203.0.113.7') })).status
  for (let count = 1; count <= 3; count += 1) expect(await ask()).toBe(200)
  expect(await ask()).toBe(429)
})

test('asks everybody behind a proxy for the token of the start', async () => {
  await open({})
  for (const headers of [through('203.0.113.7'), {}]) {
    expect((await http.send('GET', '/api/auth/state', { headers })).body['setupTokenRequired']).toBe(true)
    const refused = await http.send('POST', '/api/auth/setup', { body: ownerAccount, headers })
    expect([refused.status, refused.body['code']]).toEqual([403, 'SETUP_TOKEN_REQUIRED'])
  }
  expect(await setUp()).not.toBe('')
})

test.each([
  ['a proxy that is not named', { 'x-forwarded-for': '203.0.113.7' }],
  ['a page that points its own name here', { host: 'rebound.example:3001' }],
])('asks for the token of the start through %s', async (_name, headers) => {
  await open({ trustProxy: [] })
  expect((await http.send('GET', '/api/auth/state', { headers })).body['setupTokenRequired']).toBe(true)
  const refused = await http.send('POST', '/api/auth/setup', { body: ownerAccount, headers })
  expect(refused.body['code']).toBe('SETUP_TOKEN_REQUIRED')
  expect((await http.send('GET', '/api/auth/state')).body).toEqual({ setupRequired: true, setupTokenRequired: false })
  expect((await http.send('POST', '/api/auth/setup', { body: ownerAccount })).status).toBe(201)
})

test('takes a page without TLS for another one than the page with it', async () => {
  await open({})
  await setUp()
  const { email, password } = ownerAccount
  const signIn = async (origin: string, proto: string) => {
    const headers = { ...through('203.0.113.7'), host: 'flows.example.org', 'x-forwarded-proto': proto, origin }
    return (await http.send('POST', '/api/auth/login', { body: { email, password }, headers })).status
  }
  expect(await signIn('https://flows.example.org', 'https')).toBe(200)
  expect(await signIn('http://flows.example.org', 'https')).toBe(403)
  expect(await signIn('http://flows.example.org', 'http')).toBe(200)
})
