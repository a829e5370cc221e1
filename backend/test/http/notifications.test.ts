import type { AddressInfo } from 'node:net'
import type { Role } from '@millrace/shared/api/auth'
import { eventId } from '@millrace/shared/events/event-id'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashPassword } from '../../src/auth/password-hash.ts'
import { insertUser } from '../../src/repositories/users.ts'
import { insertMembership } from '../../src/repositories/workspaces.ts'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'
import { waitUntil } from '../support/wait-until.ts'

let http: HttpApp
let url: string
let token: string
let editorToken: string
let owner: { workspaceId: string; userId: string }

beforeAll(async () => {
  http = await openHttpApp()
  token = await setUpOwner(http)
  const { body } = await http.send('GET', '/api/me', { token })
  const me = body as unknown as { user: { id: string }; workspaces: { id: string }[] }
  owner = { workspaceId: me.workspaces[0]?.id ?? '', userId: me.user.id }
  editorToken = await addMember('editor', 'editor')
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  url = `ws://127.0.0.1:${(http.app.server.address() as AddressInfo).port}/ws`
})
afterAll(async () => {
  await expectQuiet(http.manager)
  await http.close()
})

async function addMember(name: string, role: Role): Promise<string> {
  const { orm } = http.test.database
  const account = { email: `${name}@example.org`, password: 'another horse' }
  const passwordHash = await hashPassword(account.password)
  await insertUser(orm, { id: name, email: account.email, name, passwordHash, isOwner: false, createdAt: 1 })
  await insertMembership(orm, { workspaceId: owner.workspaceId, userId: name, role, createdAt: 1 })
  const { body } = await http.send('POST', '/api/auth/login', { body: account })
  return String(body['accessToken'])
}

const open = (as = token) => RawClient.open(url, ['millrace.v1', `bearer.${as}`])

async function hears(client: RawClient, type: string, count = 1) {
  const found = () => client.frames.filter((frame) => frame.type === type)
  await waitUntil(() => found().length >= count, { describe: () => `${type}: ${JSON.stringify(client.frames)}` })
  return found()[count - 1]
}

async function start(): Promise<string> {
  const made = await http.send('POST', '/api/templates/review-desk/workflows', { token })
  const body = { input: { topic: 'Lift repair' } }
  const started = await http.send('POST', `/api/workflows/${String(made.body['id'])}/executions`, { token, body })
  return String(started.body['executionId'])
}

/** All of them, in pages of so many. */
async function listedInPages(limit: number): Promise<{ items: unknown[]; pageCount: number }> {
  const items: unknown[] = []
  let cursor: unknown
  for (let pageCount = 1; ; pageCount += 1) {
    const place = cursor === undefined ? '' : `&cursor=${String(cursor)}`
    const { body } = await http.send('GET', `/api/notifications?limit=${limit}${place}`, { token })
    items.push(...(body['items'] as unknown[]))
    cursor = body['nextCursor']
    if (cursor === undefined) return { items, pageCount }
  }
}

const listed = async (as = token) =>
  (await http.send('GET', '/api/notifications', { token: as })).body['items'] as Record<string, unknown>[]

test('E21 tells whoever started a run that it failed, once, and keeps it for who was away', async () => {
  const [client, other] = [await open(), await open(editorToken)]
  const executionId = await start()
  const error = { code: 'PROVIDER_REJECTED', message: 'The model refused.' }
  const request = {
    executionId,
    outcome: { status: 'failed' as const, error },
    finishedAt: Date.now(),
    duration: 5,
    nodes: [],
    eventIds: [],
  }
  await http.emitter.finalize(owner, request)
  await http.emitter.finalize(owner, request)
  expect(await hears(client, 'notification')).toMatchObject({
    topic: `user:${owner.userId}`,
    level: 'error',
    category: 'execution',
    title: 'Review desk failed',
    message: 'The model refused.',
    actions: [{ path: `/executions/${executionId}` }],
  })
  other.send({ type: 'ping' })
  await hears(other, 'pong')
  expect(other.frames.some(({ type }) => type === 'notification')).toBe(false)
  const ofRun = (await listed()).filter(({ actions }) => JSON.stringify(actions).includes(executionId))
  expect(ofRun).toMatchObject([{ title: 'Review desk failed', level: 'error' }])
  for (const one of [client, other]) await one.close()
})

test('E21 tells whoever started a run that it waits for an answer, once however often it is stored', async () => {
  const client = await open()
  const executionId = await start()
  const nodePath = 'redo[1]/approve'
  const type = 'user:input:required'
  const node = { executionId, nodeId: 'approve', nodePath, iteration: 1, requestId: `${executionId}:${nodePath}` }
  const asked = { nodeName: 'Approve', workflowName: 'Review desk', prompt: 'Shall it go out?' }
  const event = { type, eventId: eventId({ nodePath, type }), timestamp: 1, ...node, ...asked } as const
  const emit = () => http.emitter.emit(owner, [{ ...event, inputType: 'choice', validation: {} }])
  await emit()
  await emit()
  expect(await hears(client, 'notification')).toMatchObject({
    category: 'question',
    title: 'Review desk waits for an answer',
    message: 'Shall it go out?',
  })
  const ofRun = (await listed()).filter(({ actions }) => JSON.stringify(actions).includes(executionId))
  expect(ofRun).toHaveLength(1)
  await client.close()
})

test('E22 lets an owner tell all members something, once per key', async () => {
  const clients = [await open(), await open(editorToken)]
  const body = { level: 'warning', title: 'Maintenance tonight', actions: [{ label: 'Runs', path: '/executions' }] }
  const headers = { 'idempotency-key': 'announced-once' }
  const replies = [
    await http.send('POST', '/api/notifications', { token, body, headers }),
    await http.send('POST', '/api/notifications', { token, body, headers }),
  ]
  for (const reply of replies) expect([reply.status, reply.body]).toEqual([202, { count: 2 }])
  for (const client of clients) {
    expect(await hears(client, 'notification')).toMatchObject({
      category: 'announcement',
      title: 'Maintenance tonight',
    })
  }
  expect((await listed(editorToken)).map(({ title }) => title)).toEqual(['Maintenance tonight'])
  for (const client of clients) await client.close()
})

test('E22 refuses announcements of others than owners, and with links that lead elsewhere', async () => {
  const body = { title: 'Hello' }
  const refused = await http.send('POST', '/api/notifications', { token: editorToken, body })
  expect([refused.status, refused.body['code']]).toEqual([403, 'FORBIDDEN'])
  for (const path of ['https://example.org', '//example.org', 'executions']) {
    const reply = await http.send('POST', '/api/notifications', {
      token,
      body: { ...body, actions: [{ label: 'x', path }] },
    })
    expect([path, reply.status]).toEqual([path, 400])
  }
})

test('keeps notices from API keys, which belong to one workspace', async () => {
  const made = await http.send('POST', '/api/api-keys', { token, body: { name: 'ci' } })
  const headers = { 'x-api-key': String(made.body['key']) }
  expect((await http.send('GET', '/api/notifications', { headers })).status).toBe(403)
  const [client, program] = [await open(), await RawClient.open(url, [], { headers })]
  await http.send('POST', '/api/notifications', { token, body: { title: 'For people' } })
  await hears(client, 'notification')
  program.send({ type: 'ping' })
  await hears(program, 'pong')
  expect(program.frames.some(({ type }) => type === 'notification')).toBe(false)
  for (const one of [client, program]) await one.close()
})

test('E23 tells the workspace when a provider becomes available and when it no longer is', async () => {
  const client = await open()
  client.send({ type: 'subscribe', channel: `workspaces:${owner.workspaceId}` })
  await hears(client, 'caught_up')
  const body = { name: 'Key', provider: 'anthropic', apiKey: 'sk-secret-of-a-test' }
  const anthropic = async () => {
    const { body: types } = await http.send('GET', '/api/node-types', { token })
    return (types['providers'] as { provider: string }[]).find(({ provider }) => provider === 'anthropic')
  }
  expect(await anthropic()).toMatchObject({ available: false, reason: expect.any(String) })
  const first = await http.send('POST', '/api/credentials', { token, body })
  expect(await hears(client, 'registry:updated')).toMatchObject({
    provider: 'anthropic',
    available: true,
    nodeTypes: ['llm'],
  })
  expect(await anthropic()).toEqual({ provider: 'anthropic', available: true })
  const second = await http.send('POST', '/api/credentials', { token, body })
  await http.send('DELETE', `/api/credentials/${String(first.body['id'])}`, { token })
  await http.send('DELETE', `/api/credentials/${String(second.body['id'])}`, { token })
  expect(await hears(client, 'registry:updated', 2)).toMatchObject({ provider: 'anthropic', available: false })
  expect(client.frames.filter(({ type }) => type === 'registry:updated')).toHaveLength(2)
  expect(JSON.stringify(client.frames)).not.toContain(body.apiKey)
  const none = await http.send('DELETE', '/api/credentials/none', { token })
  expect([none.status, none.body['code']]).toEqual([404, 'CREDENTIAL_NOT_FOUND'])
  await client.close()
})

test('lists notices in pages that lose and repeat none', async () => {
  for (let index = 0; index < 5; index += 1) {
    await http.send('POST', '/api/notifications', { token, body: { title: `Page ${index}` } })
  }
  const all = await listed()
  expect(all.length).toBeGreaterThanOrEqual(5)
  const { items, pageCount } = await listedInPages(2)
  expect(items).toEqual(all)
  expect(pageCount).toBe(Math.ceil(all.length / 2))
  expect((await http.send('GET', '/api/notifications?cursor=nonsense', { token })).status).toBe(400)
})
