import { createHmac } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKeyRing } from '../../src/auth/key-ring.ts'
import { hashToken } from '../../src/auth/token-hash.ts'
import { memberships, refreshTokens } from '../../src/repositories/schema/identity.ts'
import { type HttpApp, openHttpApp, ownerAccount, setUpOwner } from '../support/http-app.ts'

let http: HttpApp
let token: string

beforeAll(async () => {
  http = await openHttpApp()
})
afterAll(() => http.close())

const { email, password } = ownerAccount
const signIn = async () => http.send('POST', '/api/auth/login', { body: { email, password } })

test('says that an owner is needed, creates one, and says so no more', async () => {
  expect((await http.send('GET', '/api/auth/state')).body).toEqual({ setupRequired: true, setupTokenRequired: false })
  const both = await Promise.all([
    http.send('POST', '/api/auth/setup', { body: ownerAccount }),
    http.send('POST', '/api/auth/setup', { body: { ...ownerAccount, email: 'other@example.org' } }),
  ])
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
  const winner = both.find(({ status }) => status === 201)
  expect(winner?.body).toMatchObject({ expiresIn: 900, user: { name: ownerAccount.name } })
  token = String(winner?.body['accessToken'])
  expect((await http.send('GET', '/api/auth/state')).body).toEqual({ setupRequired: false, setupTokenRequired: false })
  const again = await http.send('POST', '/api/auth/setup', { body: ownerAccount })
  expect([again.status, again.body['code']]).toEqual([409, 'SETUP_ALREADY_DONE'])
})

test('gives the owner a workspace with one workflow of each template, the first of the gallery on top', async () => {
  const me = await http.send('GET', '/api/me', { token })
  expect(me.body).toMatchObject({ user: { name: 'Olive Owner' }, workspaces: [{ role: 'owner' }] })
  const { body } = await http.send('GET', '/api/workflows', { token })
  const items = body['items'] as { templateId: string }[]
  expect(items.map(({ templateId }) => templateId)).toEqual(['review-desk', 'ask-my-documents'])
})

test('answers a wrong password and an unknown address alike', async () => {
  const { body: me } = await http.send('GET', '/api/me', { token })
  const owner = (me['user'] as { email: string }).email
  const wrong = await http.send('POST', '/api/auth/login', { body: { email: owner, password: 'not it at all' } })
  const nobody = await http.send('POST', '/api/auth/login', { body: { email: 'no@example.org', password } })
  expect([wrong.status, nobody.status]).toEqual([401, 401])
  const { requestId: _a, ...wrongBody } = wrong.body
  const { requestId: _b, ...nobodyBody } = nobody.body
  expect(wrongBody).toEqual(nobodyBody)
  expect(wrongBody).toMatchObject({ code: 'INVALID_CREDENTIALS' })
})

test('keeps the refresh token out of reach of scripts, and rotates it', async () => {
  await http.close()
  http = await openHttpApp()
  await setUpOwner(http)
  const first = await signIn()
  expect(String(first.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/)
  expect(String(first.headers['set-cookie'])).toContain('Path=/api/auth')
  const second = await http.send('POST', '/api/auth/refresh', { cookie: first.cookie ?? '' })
  expect(second.status).toBe(200)
  expect(second.cookie).not.toBe(first.cookie)
  expect((await http.send('GET', '/api/me', { token: String(second.body['accessToken']) })).status).toBe(200)
})

test('lets two tabs that wake together both go on', async () => {
  const { cookie = '' } = await signIn()
  const answers = await Promise.all([1, 2].map(() => http.send('POST', '/api/auth/refresh', { cookie })))
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
})

test('ends the whole sign-in when a used token returns later', async () => {
  const { cookie = '', body } = await signIn()
  const next = await http.send('POST', '/api/auth/refresh', { cookie })
  await http.test.database.orm
    .update(refreshTokens)
    .set({ usedAt: Date.now() - 11_000 })
    .where(eq(refreshTokens.tokenHash, hashToken(cookie)))
  const stolen = await http.send('POST', '/api/auth/refresh', { cookie })
  expect([stolen.status, stolen.body['code']]).toEqual([401, 'INVALID_TOKEN'])
  expect((await http.send('POST', '/api/auth/refresh', { cookie: next.cookie ?? '' })).status).toBe(401)
  expect((await http.send('GET', '/api/me', { token: String(body['accessToken']) })).status).toBe(401)
})

test('refuses a refresh token past its time', async () => {
  const { cookie = '' } = await signIn()
  await http.test.database.orm
    .update(refreshTokens)
    .set({ expiresAt: Date.now() - 1 })
    .where(eq(refreshTokens.tokenHash, hashToken(cookie)))
  expect((await http.send('POST', '/api/auth/refresh', { cookie })).status).toBe(401)
  expect((await http.send('POST', '/api/auth/refresh')).body['code']).toBe('NOT_AUTHENTICATED')
})

test('takes access away at once when signing out', async () => {
  const { cookie = '', body } = await signIn()
  const access = String(body['accessToken'])
  expect((await http.send('GET', '/api/me', { token: access })).status).toBe(200)
  expect((await http.send('POST', '/api/auth/logout', { cookie })).status).toBe(204)
  const after = await http.send('GET', '/api/me', { token: access })
  expect([after.status, after.body['code']]).toEqual([401, 'INVALID_TOKEN'])
})

test('refuses the cookie from another web page', async () => {
  const { cookie = '' } = await signIn()
  const headers = { origin: 'https://evil.example' }
  const reply = await http.send('POST', '/api/auth/refresh', { cookie, headers })
  expect([reply.status, reply.body['code']]).toEqual([403, 'ORIGIN_NOT_ALLOWED'])
})

/** A token made by hand, as a forger would. */
function forge(claims: object, { alg = 'HS256', key = createKeyRing(Buffer.alloc(32, 7)).accessToken } = {}): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const unsigned = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`
  const digest = alg === 'HS512' ? 'sha512' : 'sha256'
  const signature = alg === 'none' ? '' : createHmac(digest, key).update(unsigned).digest('base64url')
  return `${unsigned}.${signature}`
}

test('believes only tokens of its own making, for its own use and in their time', async () => {
  const { body } = await signIn()
  const [, payload = ''] = String(body['accessToken']).split('.')
  const good = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  const codeOf = async (forged: string) => (await http.send('GET', '/api/me', { token: forged })).body['code']
  const { sid: _sid, ...withoutSession } = good
  const { exp: _exp, ...withoutEnd } = good

  expect((await http.send('GET', '/api/me', { token: forge(good) })).status).toBe(200)
  expect(await codeOf(forge({ ...good, exp: 1000, iat: 900 }))).toBe('TOKEN_EXPIRED')
  for (const bad of [
    forge(good, { alg: 'none' }),
    forge(good, { alg: 'HS512' }),
    forge(good, { key: Buffer.alloc(32, 8) }),
    forge({ ...good, aud: 'somebody-else' }),
    forge({ ...good, iss: 'somebody-else' }),
    forge({ ...good, sub: 'nobody' }),
    forge(withoutSession),
    forge(withoutEnd),
    `${forge(good)}x`,
    'not.a.token',
    'garbage',
  ]) {
    expect(await codeOf(bad)).toBe('INVALID_TOKEN')
  }
})

test('takes keys in either header, within their scopes only, and not after they are removed', async () => {
  const { body: session } = await signIn()
  const access = String(session['accessToken'])
  const created = await http.send('POST', '/api/api-keys', { token: access, body: { name: 'ci', scopes: ['read'] } })
  expect(created.status).toBe(201)
  const { id, key, prefix } = created.body as unknown as { id: string; key: string; prefix: string }
  expect(key).toMatch(/^mr_[\w-]{43}$/)
  expect(key.startsWith(prefix)).toBe(true)

  expect((await http.send('GET', '/api/workflows', { headers: { 'x-api-key': key } })).status).toBe(200)
  expect((await http.send('GET', '/api/workflows', { token: key })).status).toBe(200)
  const write = await http.send('POST', '/api/workflows', { token: key, body: { name: 'x' } })
  expect([write.status, write.body['code']]).toEqual([403, 'FORBIDDEN'])
  expect((await http.send('GET', '/api/api-keys', { token: key })).status).toBe(403)

  const listed = await http.send('GET', '/api/api-keys', { token: access })
  expect(JSON.stringify(listed.body)).not.toContain(key)
  expect(listed.body['items']).toMatchObject([{ id, name: 'ci', scopes: ['read'], lastUsedAt: expect.any(Number) }])

  expect((await http.send('DELETE', `/api/api-keys/${id}`, { token: access })).status).toBe(204)
  expect((await http.send('DELETE', `/api/api-keys/${id}`, { token: access })).status).toBe(404)
  expect((await http.send('GET', '/api/workflows', { token: key })).body['code']).toBe('INVALID_TOKEN')
  expect((await http.send('GET', '/api/workflows', { token: 'mr_never-made' })).body['code']).toBe('INVALID_TOKEN')
})

test.each([
  ['viewer', 403, 403],
  ['operator', 403, 404],
  ['editor', 201, 404],
] as const)('lets a %s do what the role says and no more', async (role, create, run) => {
  const { body: session } = await signIn()
  const access = String(session['accessToken'])
  await http.test.database.orm.update(memberships).set({ role })
  try {
    expect((await http.send('GET', '/api/workflows', { token: access })).status).toBe(200)
    expect((await http.send('POST', '/api/workflows', { token: access, body: { name: 'x' } })).status).toBe(create)
    expect((await http.send('POST', '/api/workflows/none/executions', { token: access })).status).toBe(run)
  } finally {
    await http.test.database.orm.update(memberships).set({ role: 'owner' })
  }
})

test('never writes a password, token or key to the log', async () => {
  const { cookie = '', body } = await signIn()
  await http.send('POST', '/api/auth/login', { body: { email: 5, password: 'leaky-password' } })
  const text = http.logText()
  expect(text).toContain('/api/auth/login')
  for (const secret of [password, 'leaky-password', cookie, String(body['accessToken'])]) {
    expect(text).not.toContain(secret)
  }
})
