import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { invitations } from '../../src/repositories/schema/sharing.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { newAccount, openSharedWorkspace, password, type SharedWorkspace } from '../support/shared-workspace.ts'

let http: HttpApp
let shared: SharedWorkspace

beforeAll(async () => {
  http = await openHttpApp()
  shared = await openSharedWorkspace(http)
})
afterAll(() => http.close())

const accept = (body: object, token?: string) =>
  http.send('POST', '/api/invitations/accept', { body, ...(token === undefined ? {} : { token }) })
const lookUp = (token: string) => http.send('POST', '/api/invitations/look-up', { body: { token } })
const invitationsUrl = () => `/api/workspaces/${shared.id}/invitations`
const told = ({ status, body: { requestId: _, ...body } }: { status: number; body: Record<string, unknown> }) => ({
  status,
  body,
})

async function expire(id: string): Promise<void> {
  const expiresAt = Date.now() - 1
  await http.test.database.orm.update(invitations).set({ expiresAt }).where(eq(invitations.id, id))
}

async function listed(): Promise<string[]> {
  const { body } = await http.send('GET', invitationsUrl(), { token: shared.owner.token })
  return (body['items'] as { id: string }[]).map(({ id }) => id)
}

test('shows what an invitation is for, before anybody signs in', async () => {
  const { token } = await shared.invite('operator')
  const { status, body } = await lookUp(token)
  expect([status, body]).toEqual([
    200,
    { workspaceName: 'Workspace', role: 'operator', createdByName: 'Olive Owner', expiresAt: expect.any(Number) },
  ])
})

test('gives 256 random bits once, and keeps their hash', async () => {
  const { id, token } = await shared.invite('viewer')
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  const rows = await http.test.database.orm.select().from(invitations).where(eq(invitations.id, id))
  expect(JSON.stringify(rows)).not.toContain(token)
  const { body } = await http.send('GET', invitationsUrl(), { token: shared.owner.token })
  expect(JSON.stringify(body)).not.toContain(token)
  await lookUp(token)
  expect(http.logText()).not.toContain(token)
})

test('makes the account, its membership and its sign-in', async () => {
  const { id, token } = await shared.invite('editor')
  const account = newAccount('Nora')
  const reply = await accept({ token, account })
  expect(reply.status).toBe(201)
  expect(reply.body['user']).toMatchObject({ email: account.email, name: account.name })
  const me = await http.send('GET', '/api/me', { token: String(reply.body['accessToken']) })
  expect(me.body['workspaces']).toMatchObject([{ id: shared.id, role: 'editor' }])
  const refreshed = await http.send('POST', '/api/auth/refresh', { cookie: reply.cookie ?? '' })
  expect(refreshed.status).toBe(200)
  expect((await http.send('POST', '/api/auth/login', { body: { email: account.email, password } })).status).toBe(200)
  expect(await listed()).not.toContain(id)
})

test('adds a membership to who is signed in, and keeps the higher role of who has one', async () => {
  const person = await shared.join('editor')
  const up = await shared.invite('owner')
  const down = await shared.invite('viewer')
  expect(told(await accept({ token: down.token }, person.token))).toEqual({
    status: 200,
    body: { workspaceId: shared.id, role: 'editor' },
  })
  expect((await accept({ token: up.token }, person.token)).body).toEqual({ workspaceId: shared.id, role: 'owner' })
})

test('asks who has neither account nor sign-in, and refuses keys', async () => {
  const { token } = await shared.invite('viewer')
  expect((await accept({ token })).status).toBe(401)
  const key = await http.send('POST', '/api/api-keys', { token: shared.owner.token, body: { name: 'k' } })
  expect((await accept({ token }, String(key.body['key']))).status).toBe(403)
  expect((await lookUp(token)).status).toBe(200)
})

test('answers used, revoked, expired and unknown ones alike', async () => {
  const person = await shared.join('viewer')
  const [used, revoked, expired] = [
    await shared.invite('viewer'),
    await shared.invite('viewer'),
    await shared.invite('viewer'),
  ]
  await accept({ token: used.token }, person.token)
  const revoke = () => http.send('DELETE', `${invitationsUrl()}/${revoked.id}`, { token: shared.owner.token })
  expect((await revoke()).status).toBe(204)
  expect((await revoke()).status).toBe(404)
  await expire(expired.id)
  const unknown = told(await accept({ token: 'x'.repeat(43) }, person.token))
  expect(unknown).toMatchObject({ status: 404, body: { code: 'INVITATION_NOT_FOUND' } })
  for (const { id, token } of [used, revoked, expired]) {
    expect(told(await accept({ token }, person.token))).toEqual(unknown)
    expect(told(await accept({ token, account: newAccount('Late') }))).toEqual(unknown)
    expect(told(await lookUp(token))).toEqual(unknown)
    expect(await listed()).not.toContain(id)
  }
})

test('tells that an e-mail address is taken only to who holds a good token, and leaves the invitation open', async () => {
  const { token } = await shared.invite('viewer')
  const account = { ...newAccount('Twin'), email: shared.owner.email }
  const taken = await accept({ token, account })
  expect([taken.status, taken.body['code'], taken.cookie]).toEqual([409, 'EMAIL_TAKEN', undefined])
  const guessed = await accept({ token: 'x'.repeat(43), account })
  expect(guessed.body['code']).toBe('INVITATION_NOT_FOUND')
  expect((await lookUp(token)).status).toBe(200)
})

test('lets one of several people in who come at the same moment, with accounts or without', async () => {
  const people = [await shared.join('viewer'), await shared.join('viewer')]
  for (const { userId, token } of people) {
    await http.send('DELETE', `/api/workspaces/${shared.id}/members/${userId}`, { token })
  }
  const { token } = await shared.invite('viewer')
  const replies = await Promise.all([
    ...people.map((person) => accept({ token }, person.token)),
    accept({ token, account: newAccount('Third') }),
    accept({ token, account: newAccount('Fourth') }),
  ])
  const lost = replies.filter(({ status }) => status === 404)
  expect(replies.length - lost.length).toBe(1)
  for (const { body } of lost) expect(body['code']).toBe('INVITATION_NOT_FOUND')
})

test('makes no account for who loses the race', async () => {
  const { token } = await shared.invite('viewer')
  const accounts = [newAccount('One'), newAccount('Two')]
  const replies = await Promise.all(accounts.map((account) => accept({ token, account })))
  const logins = await Promise.all(
    accounts.map(({ email }) => http.send('POST', '/api/auth/login', { body: { email, password } })),
  )
  expect(logins.map(({ status }) => status === 200)).toEqual(replies.map(({ status }) => status === 201))
})

test('bounds the open invitations of a workspace; ended ones do not count', async () => {
  const made = await http.send('POST', '/api/workspaces', { token: shared.owner.token, body: { name: 'Crowd' } })
  const url = `/api/workspaces/${made.body['id']}/invitations`
  const invite = () => http.send('POST', url, { token: shared.owner.token, body: { role: 'viewer' } })
  const all = await Promise.all(Array.from({ length: 101 }, invite))
  expect(all.filter(({ status }) => status === 201)).toHaveLength(100)
  expect((await invite()).body['code']).toBe('LIMIT_REACHED')
  const open = all.find(({ status }) => status === 201)
  await http.send('DELETE', `${url}/${open?.body['id']}`, { token: shared.owner.token })
  expect((await invite()).status).toBe(201)
})

test('limits the tries of one address for one token', async () => {
  const limited = await openHttpApp({ signInsPerMinuteMax: 2 })
  try {
    const tries: number[] = []
    for (let index = 0; index < 4; index += 1) {
      const body = { token: 'x'.repeat(43) }
      tries.push((await limited.send('POST', '/api/invitations/look-up', { body })).status)
    }
    expect(tries).toEqual([404, 404, 429, 429])
    const other = await limited.send('POST', '/api/share-links/open', { body: { token: 'y'.repeat(43) } })
    expect(other.status).toBe(404)
  } finally {
    await limited.close()
  }
})

test('refuses to accept for another web page', async () => {
  const { token } = await shared.invite('viewer')
  const body = { token, account: newAccount('Elsewhere') }
  const headers = { origin: 'https://elsewhere.example' }
  const reply = await http.send('POST', '/api/invitations/accept', { body, headers })
  expect([reply.status, reply.body['code']]).toEqual([403, 'ORIGIN_NOT_ALLOWED'])
})
