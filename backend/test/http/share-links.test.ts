import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOutputRepository } from '../../src/repositories/outputs.ts'
import { shareLinks } from '../../src/repositories/schema/sharing.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { documentedRoutes } from '../support/documented-routes.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { openSharedWorkspace, type SharedWorkspace } from '../support/shared-workspace.ts'
import { waitUntil } from '../support/wait-until.ts'

let http: HttpApp
let shared: SharedWorkspace
let base: string
let executionId: string
let guest: string

beforeAll(async () => {
  http = await openHttpApp({}, {}, { expiryLeewayMs: 0, sweepIntervalMs: 20, connectionsPerLinkMax: 3 })
  shared = await openSharedWorkspace(http)
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  base = `127.0.0.1:${(http.app.server.address() as AddressInfo).port}`
  executionId = await shared.startExecution()
  guest = (await shared.share(executionId)).accessToken
})
afterAll(() => http.close())

const get = (path: string, token = guest) => http.send('GET', path, { token })
const watch = (token: string) => RawClient.open(`ws://${base}/ws`, ['millrace.v1', `bearer.${token}`])
const open = (token: string) => http.send('POST', '/api/share-links/open', { body: { token } })

/** Everything a guest's page needs, and nothing else of the API. */
const forGuests = ['', '/definition', '/events', '/events-stream', '/outputs/{ref}', '/stream'].map(
  (tail) => `/api/executions/{id}${tail}`,
)

test('opens to a token for the execution, with what the page says of it', async () => {
  const { token } = await shared.share(executionId)
  const { status, body } = await open(token)
  expect(status).toBe(200)
  expect(body).toMatchObject({ executionId, workflowName: 'Review desk', sharedByName: 'Olive Owner', expiresIn: 900 })
  const { body: list } = await http.send('GET', `/api/executions/${executionId}/share-links`, {
    token: shared.owner.token,
  })
  expect((list['items'] as object[])[0]).toMatchObject({ executionId, lastOpenedAt: expect.any(Number) })
  expect(JSON.stringify(list)).not.toContain(token)
  expect(http.logText()).not.toContain(token)
})

test('shows a guest the one execution, and answers everything else as if it were not there', async () => {
  const other = await shared.startExecution()
  const { ref } = await createOutputRepository(http.test.database).put(
    { workspaceId: shared.id, userId: shared.owner.userId },
    executionId,
    'a large text',
  )
  for (const { method, path } of documentedRoutes(http.app)) {
    if (/^\/api\/(health|auth|invitations|docs)|(share|prompt)-links\/(open|answer)|^\/(live|ready|metrics)/.test(path))
      continue
    const isForGuests = method === 'GET' && forGuests.includes(path)
    if (isForGuests && path.endsWith('/stream')) continue
    const of = (id: string) =>
      path
        .replace('{id}', id)
        .replace('{ref}', ref)
        .replace(/\{\w+\}/g, 'any')
    const own = await http.send(method, of(executionId), { token: guest, body: {} })
    const foreign = await http.send(method, of(other), { token: guest, body: {} })
    expect([method, path, own.status]).toEqual([method, path, isForGuests ? 200 : 404])
    expect([method, path, foreign.status]).toEqual([method, path, 404])
    if (isForGuests) expect(foreign.body['code']).toBe('EXECUTION_NOT_FOUND')
  }
})

test('shows a guest no address of anybody, and a drawing without what is evaluated in it', async () => {
  for (const path of ['', '/events', '/definition']) {
    const { body } = await get(`/api/executions/${executionId}${path}`)
    expect(JSON.stringify(body)).not.toContain('@')
  }
  const drawn = async (token: string) => {
    const { body } = await get(`/api/executions/${executionId}/definition`, token)
    return body['definition'] as { nodes: { id: string; config: Record<string, unknown> }[]; edges: object[] }
  }
  const [theirs, full] = [await drawn(guest), await drawn(shared.owner.token)]
  expect(theirs.edges).toEqual(full.edges)
  expect(theirs.nodes.map(({ id }) => id)).toEqual(full.nodes.map(({ id }) => id))
  const prompts = full.nodes.flatMap(({ config }) => (typeof config['user'] === 'string' ? [config['user']] : []))
  expect(prompts.length).toBeGreaterThan(0)
  for (const prompt of prompts) expect(JSON.stringify(theirs)).not.toContain(JSON.stringify(prompt))
})

test('gives an output to an execution that names it, and to no other one of the workspace', async () => {
  const owner = { workspaceId: shared.id, userId: shared.owner.userId }
  const outputs = createOutputRepository(http.test.database)
  const other = await shared.startExecution()
  const { ref } = await outputs.put(owner, other, 'first stored by the other one')
  const url = `/api/executions/${executionId}/outputs/${ref}`
  expect((await get(url)).status).toBe(404)
  await shared.log(executionId, `now named here: ${ref}`)
  expect((await get(url)).status).toBe(200)
})

test('follows the execution on a socket, and nothing else', async () => {
  const other = await shared.startExecution()
  const client = await watch(guest)
  client.send({ type: 'subscribe', executionId })
  await client.next('subscribed')
  await client.next('snapshot')
  await client.next('caught_up')
  await shared.log(executionId, 'for all to see')
  expect(await client.next('node:log')).toMatchObject({ message: 'for all to see' })
  client.send({ type: 'subscribe', executionId: other })
  expect(await client.next('error')).toMatchObject({ code: 'EXECUTION_NOT_FOUND', executionId: other })
  for (const channel of ['executions', 'approvals', 'prompts', 'kb', `workspaces:${shared.id}`]) {
    client.send({ type: 'subscribe', channel })
    expect(await client.next('error')).toMatchObject({ code: 'CHANNEL_NOT_FOUND', channel })
  }
  client.send({ type: 'subscribe', channel: `executions:${other}` })
  expect(await client.next('error')).toMatchObject({ code: expect.stringMatching(/NOT_FOUND$/) })
  await shared.log(other, 'not for guests')
  await shared.log(executionId, 'the next')
  expect(await client.next('node:log')).toMatchObject({ message: 'the next' })
  await client.close()
})

test('follows the execution by the address of a socket, and no other one', async () => {
  const other = await shared.startExecution()
  const by = (id: string) => new RawClient(`ws://${base}/ws/executions/${id}`, ['millrace.v1', `bearer.${guest}`])
  const [own, foreign] = [by(executionId), by(other)]
  await own.next('connected')
  expect(await own.next('subscribed')).toMatchObject({ executionId })
  expect(await foreign.ended()).toMatchObject({ reason: 'EXECUTION_NOT_FOUND' })
  expect(foreign.frames.map(({ type }) => type)).toEqual(['connected', 'error'])
  await own.close()
})

test('lets a guest do nothing over a socket', async () => {
  const client = await watch(guest)
  const refused = async (message: object) => {
    client.send({ id: 1, ...message })
    const frame = await client.next(
      (message as { type: string }).type === 'workflow:execute' ? 'workflow:error' : 'error',
    )
    expect([message, frame['code']]).toEqual([message, expect.stringMatching(/^(FORBIDDEN|[A-Z]+_NOT_FOUND)$/)])
  }
  const { body } = await http.send('GET', `/api/executions/${executionId}`, { token: shared.owner.token })
  await refused({ type: 'workflow:execute', workflowId: body['workflowId'], input: {} })
  await refused({ type: 'user:input:response', requestId: `${executionId}:redo[1]/approve`, response: 'approve' })
  await client.close()
})

test('takes a share token for no user’s, and a user’s for no share token', async () => {
  const bare = guest.replace(/^share\./, '')
  expect((await get('/api/me', bare)).body['code']).toBe('INVALID_TOKEN')
  const dressed = await get(`/api/executions/${executionId}`, `share.${shared.owner.token}`)
  expect(dressed.body['code']).toBe('INVALID_TOKEN')
})

test('ends what is open by a link when it is taken back, and lets nobody in by it again', async () => {
  const link = await shared.share(executionId)
  const staying = await watch(guest)
  const client = await watch(link.accessToken)
  client.send({ type: 'subscribe', executionId })
  await client.next('subscribed')
  const stream = await fetch(`http://${base}/api/executions/${executionId}/stream`, {
    headers: { authorization: `Bearer ${link.accessToken}` },
  })
  const poll = fetch(`http://${base}/api/executions/${executionId}/events-stream?offset=now&live=long-poll`, {
    headers: { authorization: `Bearer ${link.accessToken}` },
  })
  await waitUntil(() => http.manager.longPolls.count === 1)
  const startedAt = performance.now()
  const removed = await http.send('DELETE', `/api/share-links/${link.id}`, { token: shared.owner.token })
  expect(removed.status).toBe(204)
  expect(await client.ended()).toEqual({ code: 1008, reason: 'INVALID_TOKEN' })
  await stream.text()
  expect((await poll).status).toBe(401)
  expect(performance.now() - startedAt).toBeLessThan(1000)
  expect((await get(`/api/executions/${executionId}`, link.accessToken)).status).toBe(401)
  expect((await open(link.token)).body['code']).toBe('SHARE_LINK_NOT_FOUND')
  staying.send({ type: 'ping', id: 1 })
  expect(await staying.next('pong')).toMatchObject({ id: 1 })
  await staying.close()
})

test('ends with the link: the token lives no longer, and sockets close', async () => {
  const link = await shared.share(executionId)
  const expiresAt = Date.now() + 1500
  await http.test.database.orm.update(shareLinks).set({ expiresAt }).where(eq(shareLinks.id, link.id))
  const opened = await open(link.token)
  expect(opened.body['expiresIn']).toBe(1)
  const client = await watch(link.accessToken)
  expect(await client.ended()).toEqual({ code: 4401, reason: 'TOKEN_EXPIRED' })
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt)
  expect((await open(link.token)).status).toBe(404)
  expect((await get(`/api/executions/${executionId}`, link.accessToken)).status).toBe(401)
})

test('takes a fresh token of the same link on an open socket, and of no other', async () => {
  const link = await shared.share(executionId)
  const client = await watch(link.accessToken)
  const { body } = await open(link.token)
  client.send({ type: 'auth', id: 1, token: body['accessToken'] })
  expect(await client.next('authenticated')).toMatchObject({ id: 1 })
  client.send({ type: 'auth', id: 2, token: guest })
  expect(await client.ended()).toEqual({ code: 4403, reason: 'FORBIDDEN' })
})

test('shows a guest no secret: what a step used as one is masked before it is stored', async () => {
  const canary = 'sk-canary-5e1f77aa90'
  const body = { name: 'c', provider: 'anthropic', apiKey: canary }
  const { body: credential } = await http.send('POST', '/api/credentials', { token: shared.owner.token, body })
  await http.vault.read(shared.id, String(credential['id']))
  await shared.log(executionId, `the provider answered: wrong key ${canary}`)
  const client = await watch(guest)
  client.send({ type: 'subscribe', executionId, since: 0 })
  await waitUntil(() => client.frames.some(({ type }) => type === 'caught_up'), {
    timeoutMs: 5000,
    describe: () => 'everything was replayed',
  })
  const events = await get(`/api/executions/${executionId}/events?limit=1000`)
  for (const seen of [client.frames, events.body]) {
    expect(JSON.stringify(seen)).toContain('the provider answered')
    expect(JSON.stringify(seen)).not.toContain(canary)
  }
  await client.close()
})

test('bounds the open links of an execution; ended ones do not count', async () => {
  const crowded = await shared.startExecution()
  const url = `/api/executions/${crowded}/share-links`
  const make = () => http.send('POST', url, { token: shared.owner.token, body: {} })
  const all = await Promise.all(Array.from({ length: 21 }, make))
  const made = all.filter(({ status }) => status === 201)
  expect([made.length, (await make()).body['code']]).toEqual([20, 'LIMIT_REACHED'])
  await http.send('DELETE', `/api/share-links/${made[0]?.body['id']}`, { token: shared.owner.token })
  expect((await make()).status).toBe(201)
})

test('bounds the guests of one link, apart from those of another', async () => {
  const [full, other] = [await shared.share(executionId), await shared.share(executionId)]
  const guests = [await watch(full.accessToken), await watch(full.accessToken), await watch(full.accessToken)]
  const refused = new RawClient(`ws://${base}/ws`, ['millrace.v1', `bearer.${full.accessToken}`])
  expect(await refused.ended()).toEqual({ code: 1013, reason: 'TOO_MANY_CONNECTIONS' })
  guests.push(await watch(other.accessToken))
  for (const client of guests) await client.close()
})
