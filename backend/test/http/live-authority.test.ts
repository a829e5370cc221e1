import type { AddressInfo } from 'node:net'
import { eventId } from '@millrace/shared/events/event-id'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashToken } from '../../src/auth/token-hash.ts'
import { refreshTokens } from '../../src/repositories/schema/identity.ts'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp, ownerAccount } from '../support/http-app.ts'
import { openSharedWorkspace, type SharedWorkspace } from '../support/shared-workspace.ts'
import { waitUntil } from '../support/wait-until.ts'

/** Longest time from a revocation to the close, milliseconds. */
const revokedWithinMs = 1000

let http: HttpApp
let shared: SharedWorkspace
let ownerToken: string
let socketUrl: string

beforeAll(async () => {
  http = await openHttpApp()
  shared = await openSharedWorkspace(http)
  ownerToken = shared.owner.token
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  socketUrl = `ws://127.0.0.1:${(http.app.server.address() as AddressInfo).port}/ws`
})
afterAll(async () => {
  await expectQuiet(http.manager)
  await http.close()
})

const { email, password } = ownerAccount

async function signIn() {
  const { body, cookie = '' } = await http.send('POST', '/api/auth/login', { body: { email, password } })
  return { token: String(body['accessToken']), cookie }
}

const openWithToken = (token: string) => RawClient.open(socketUrl, ['millrace.v1', `bearer.${token}`])
const openWithKey = (key: string) => RawClient.open(socketUrl, [], { headers: { 'x-api-key': key } })

async function createKey(): Promise<{ id: string; key: string }> {
  const body = { name: 'ci', scopes: ['read'] }
  const reply = await http.send('POST', '/api/api-keys', { token: ownerToken, body })
  return { id: String(reply.body['id']), key: String(reply.body['key']) }
}

async function closedWithin(client: RawClient, revoke: () => Promise<unknown>) {
  const startedAt = performance.now()
  const [closed] = await Promise.all([client.ended(), revoke()])
  expect(performance.now() - startedAt).toBeLessThan(revokedWithinMs)
  return closed
}

test('closes the sockets of a sign-in that ends, and no others', async () => {
  const [leaving, staying] = await Promise.all([signIn(), signIn()])
  const clients = [await openWithToken(leaving.token), await openWithToken(leaving.token)]
  const other = await openWithToken(staying.token)
  const signOut = () => http.send('POST', '/api/auth/logout', { cookie: leaving.cookie })
  const [first, second] = clients
  if (first === undefined || second === undefined) throw new Error('two sockets were opened')
  expect(await closedWithin(first, signOut)).toEqual({ code: 1008, reason: 'INVALID_TOKEN' })
  expect(await second.ended()).toEqual({ code: 1008, reason: 'INVALID_TOKEN' })
  other.send({ type: 'ping', id: 1 })
  expect(await other.next('pong')).toMatchObject({ id: 1 })
  await other.close()
})

test('closes the sockets of an API key that is removed, and no others', async () => {
  const [removed, kept] = [await createKey(), await createKey()]
  const client = await openWithKey(removed.key)
  const other = await openWithKey(kept.key)
  const remove = () => http.send('DELETE', `/api/api-keys/${removed.id}`, { token: ownerToken })
  expect(await closedWithin(client, remove)).toEqual({ code: 1008, reason: 'INVALID_TOKEN' })
  other.send({ type: 'ping', id: 2 })
  expect(await other.next('pong')).toMatchObject({ id: 2 })
  await other.close()
})

test('closes the sockets of a sign-in whose refresh token was copied', async () => {
  const { token, cookie } = await signIn()
  const client = await openWithToken(token)
  await http.send('POST', '/api/auth/refresh', { cookie })
  await http.test.database.orm
    .update(refreshTokens)
    .set({ usedAt: Date.now() - 11_000 })
    .where(eq(refreshTokens.tokenHash, hashToken(cookie)))
  const copied = () => http.send('POST', '/api/auth/refresh', { cookie })
  expect(await closedWithin(client, copied)).toEqual({ code: 1008, reason: 'INVALID_TOKEN' })
})

test('finds a socket that was authenticated before its credential was revoked and accepted after', async () => {
  const { id, key } = await createKey()
  // The manager hears of the revocation while the database still knows the key: the same order as in that race.
  expect(http.manager.rights.revoke(id)).toBe(0)
  const client = new RawClient(socketUrl, [], { headers: { 'x-api-key': key } })
  expect(await client.ended()).toEqual({ code: 1008, reason: 'INVALID_TOKEN' })
})

test('ends what a member followed who is shown out, and closes what a key of theirs had open', async () => {
  const member = await shared.join('editor')
  const executionId = await shared.startExecution()
  const made = await http.send('POST', '/api/api-keys', { token: member.token, body: { name: 'k', scopes: ['read'] } })
  const client = await openWithToken(member.token)
  const byKey = await openWithKey(String(made.body['key']))
  client.send({ type: 'subscribe', executionId })
  await client.next('subscribed')
  await client.next('snapshot')
  await client.next('caught_up')
  const remove = () =>
    http.send('DELETE', `/api/workspaces/${shared.id}/members/${member.userId}`, { token: ownerToken })
  expect(await closedWithin(byKey, remove)).toEqual({ code: 1008, reason: 'INVALID_TOKEN' })
  expect(await client.next('error')).toMatchObject({ code: 'EXECUTION_NOT_FOUND', executionId })
  expect(await client.next('memberships')).toMatchObject({ workspaces: [] })
  await shared.log(executionId, 'after')
  client.send({ type: 'ping', id: 3 })
  expect(await client.next('pong')).toMatchObject({ id: 3 })
  await client.close()
})

test('lets an open socket follow a workspace that its user joins', async () => {
  const member = await shared.join('viewer')
  const made = await http.send('POST', '/api/workspaces', { token: ownerToken, body: { name: 'Second' } })
  const workspaceId = String(made.body['id'])
  const client = await openWithToken(member.token)
  client.send({ type: 'subscribe', channel: 'executions', workspaceId })
  expect(await client.next('error')).toMatchObject({ code: 'CHANNEL_NOT_FOUND' })
  const { token } = await shared.invite('viewer', workspaceId)
  await http.send('POST', '/api/invitations/accept', { token: member.token, body: { token } })
  expect(await client.next('memberships')).toMatchObject({
    workspaces: [
      { id: shared.id, role: 'viewer' },
      { id: workspaceId, role: 'viewer' },
    ],
  })
  client.send({ type: 'subscribe', channel: 'executions', workspaceId })
  expect(await client.next('subscribed')).toMatchObject({ channel: 'executions' })
  await client.close()
})

test('finds a socket that was identified before its member was shown out and accepted after', async () => {
  const member = await shared.join('viewer')
  const executionId = await shared.startExecution()
  const remove = () =>
    http.send('DELETE', `/api/workspaces/${shared.id}/members/${member.userId}`, { token: ownerToken })
  expect((await remove()).status).toBe(204)
  const before = http.manager.stats().subscriptionCount
  const client = await openWithToken(member.token)
  // As the upgrade would have read it a moment before.
  const { id: workspaceId } = shared
  http.manager.rights.setMemberships(member.userId, [{ id: workspaceId, role: 'viewer' }])
  await client.next('memberships')
  client.send({ type: 'subscribe', executionId })
  await client.next('subscribed')
  await waitUntil(() => client.frames.some(({ type }) => type === 'error'), { timeoutMs: 3000 })
  expect(client.frames.find(({ type }) => type === 'error')).toMatchObject({ code: 'EXECUTION_NOT_FOUND', executionId })
  expect(http.manager.stats().subscriptionCount).toBe(before)
  await client.close()
})

test('tells who was shown out nothing more of a run they started', async () => {
  const member = await shared.join('editor')
  const executionId = await shared.startExecution(member.token)
  const owner = { workspaceId: shared.id, userId: member.userId }
  const ask = (nodePath: string, prompt: string) =>
    http.emitter.emit(owner, [
      {
        type: 'user:input:required',
        eventId: eventId({ nodePath, type: 'user:input:required' }),
        timestamp: Date.now(),
        executionId,
        nodeId: 'approve',
        nodePath,
        iteration: 1,
        requestId: `${executionId}:${nodePath}`,
        nodeName: 'Approve',
        workflowName: 'Review desk',
        prompt,
        inputType: 'choice',
        validation: {},
      },
    ])
  await ask('first', 'while a member')
  await http.send('DELETE', `/api/workspaces/${shared.id}/members/${member.userId}`, { token: ownerToken })
  const client = await openWithToken(member.token)
  await ask('second', 'no member any more')
  const error = { code: 'INTERNAL', message: 'no member any more' }
  await http.emitter.finalize(owner, {
    executionId,
    outcome: { status: 'failed', error },
    finishedAt: Date.now(),
    duration: 5,
    nodes: [],
    eventIds: [],
  })
  const { body } = await http.send('GET', '/api/notifications', { token: member.token })
  expect(body['items']).toEqual([])
  // Nor is it kept for the day they come back.
  const { rows } = await http.test.database.pool.query<{ message: string }>(
    `select payload::jsonb ->> 'message' as message from events where topic = $1 and type = 'notification'`,
    [`user:${member.userId}`],
  )
  expect(rows).toEqual([{ message: 'while a member' }])
  client.send({ type: 'ping', id: 4 })
  await waitUntil(() => client.frames.some(({ type }) => type === 'pong'))
  expect(JSON.stringify(client.frames)).not.toContain('no member any more')
  await client.close()
})

test('C11 O01 shows figures and connections to the owner at /api/ws/stats, and to nobody without that role', async () => {
  const headers = { 'user-agent': 'Mozilla/5.0 (stats)' }
  const client = await RawClient.open(socketUrl, ['millrace.v1', `bearer.${ownerToken}`], { headers })
  client.send({ type: 'subscribe', channel: 'executions' })
  await waitUntil(() => client.frames.some(({ type }) => type === 'caught_up'))
  const { status, body } = await http.send('GET', '/api/ws/stats', { token: ownerToken })
  expect(status).toBe(200)
  const { connections, ...figures } = body
  // Nothing that the manager counts is lost on the way.
  expect(figures).toEqual(http.manager.stats())
  expect(figures).toMatchObject({ connectionCount: 1, subscriptionCount: 1, violationCount: 0, isHeld: false })
  const connectionId = client.frames.find(({ type }) => type === 'connected')?.['connectionId']
  const { user } = (await http.send('GET', '/api/me', { token: ownerToken })).body as { user: { id: string } }
  expect(connections).toEqual([
    {
      connectionId,
      userId: user.id,
      userName: ownerAccount.name,
      kind: 'user',
      client: 'browser',
      address: '127.0.0.1',
      userAgent: 'Mozilla/5.0 (stats)',
      openedAt: expect.any(Number),
      subscriptionCount: 1,
      lagEvents: 0,
      blockedSince: null,
      unsentBytes: 0,
      unackedBytes: 0,
      eventsSentCount: expect.any(Number),
    },
  ])
  await client.close()
  expect((await http.send('GET', '/api/ws/stats')).status).toBe(401)
  const editor = await shared.join('editor')
  const refused = await http.send('GET', '/api/ws/stats', { token: editor.token })
  expect([refused.status, refused.body['code']]).toEqual([403, 'FORBIDDEN'])
})
