import type { AddressInfo } from 'node:net'
import type { Role } from '@millrace/shared/api/auth'
import { eventId } from '@millrace/shared/events/event-id'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashPassword } from '../../src/auth/password-hash.ts'
import { insertUser } from '../../src/repositories/users.ts'
import { insertMembership, insertWorkspace } from '../../src/repositories/workspaces.ts'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'
import { waitUntil } from '../support/wait-until.ts'

let http: HttpApp
let url: string
let token: string
let strangerToken: string
let viewerToken: string
let workflowId: string
let owner: { workspaceId: string; userId: string }

beforeAll(async () => {
  http = await openHttpApp({ requestsPerMinuteMax: 1800 })
  token = await setUpOwner(http)
  const { body } = await http.send('GET', '/api/me', { token })
  const me = body as unknown as { user: { id: string }; workspaces: { id: string }[] }
  owner = { workspaceId: me.workspaces[0]?.id ?? '', userId: me.user.id }
  const made = await http.send('POST', '/api/templates/review-desk/workflows', { token })
  workflowId = String(made.body['id'])
  await insertWorkspace(http.test.database.orm, { id: 'w-2', name: 'Second', createdAt: 1 })
  strangerToken = await addPerson('stranger', 'w-2', 'owner')
  viewerToken = await addPerson('viewer', owner.workspaceId, 'viewer')
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  url = `ws://127.0.0.1:${(http.app.server.address() as AddressInfo).port}/ws`
})
afterAll(async () => {
  await expectQuiet(http.manager)
  await http.close()
})
beforeEach(() => {
  http.engine.isAway = false
})

async function addPerson(name: string, workspaceId: string, role: Role): Promise<string> {
  const { orm } = http.test.database
  const account = { email: `${name}@example.org`, password: 'another horse' }
  const passwordHash = await hashPassword(account.password)
  await insertUser(orm, { id: name, email: account.email, name, passwordHash, isOwner: false, createdAt: 1 })
  await insertMembership(orm, { workspaceId, userId: name, role, createdAt: 1 })
  const { body } = await http.send('POST', '/api/auth/login', { body: account })
  return String(body['accessToken'])
}

async function readOnlyKey(): Promise<string> {
  const reply = await http.send('POST', '/api/api-keys', { token, body: { name: 'reader', scopes: ['read'] } })
  return String(reply.body['key'])
}

const open = (as = token) => RawClient.open(url, ['millrace.v1', `bearer.${as}`])
/** For refusals: who may not, in three ways. */
const openWithKey = (key: string) => RawClient.open(url, [], { headers: { 'x-api-key': key } })

const input = { topic: 'Lift repair' }
const execute = (extra: object = {}) => ({ type: 'workflow:execute', id: 'x', workflowId, input, ...extra })

async function complete(executionId: string, text = 'Done'): Promise<void> {
  const type = 'execution:completed'
  const base = { eventId: eventId({ nodePath: null, type }), timestamp: Date.now(), executionId }
  await http.emitter.emit(owner, [{ ...base, type, status: 'completed', outputs: { text }, duration: 1 }])
}

async function ask(): Promise<{ requestId: string; executionId: string }> {
  const started = await http.send('POST', `/api/workflows/${workflowId}/executions`, { token, body: { input } })
  const executionId = String(started.body['executionId'])
  const nodePath = 'redo[1]/approve'
  const requestId = `${executionId}:${nodePath}`
  const node = { executionId, nodeId: 'approve', nodePath, iteration: 1 }
  const type = 'user:input:required'
  const question = { nodeName: 'Approve', workflowName: 'Review desk', prompt: 'Shall it go out?' }
  const event = { eventId: eventId({ nodePath, type }), timestamp: 1, requestId, ...node, ...question }
  await http.emitter.emit(owner, [{ ...event, type, inputType: 'choice', validation: {} }])
  return { requestId, executionId }
}
const answer = (requestId: string, extra: object = {}) => ({
  type: 'user:input:response',
  id: 'a',
  requestId,
  response: 'approve',
  ...extra,
})

/** Frames of one type; a socket also hears what its user is told. */
async function nextOf(client: RawClient, type: string, index = 0) {
  const found = () => client.frames.filter((frame) => frame.type === type)
  await waitUntil(() => found().length > index, { describe: () => `${type}, got ${JSON.stringify(client.frames)}` })
  return found()[index]
}

describe('U03 E26 workflow:execute', () => {
  it('starts a run and tells its end, with nothing of it in between', async () => {
    const client = await open()
    client.send(execute())
    const accepted = await nextOf(client, 'workflow:accepted')
    expect(accepted).toMatchObject({ id: 'x', awaited: true })
    const executionId = String(accepted?.['executionId'])
    expect(http.engine.started.at(-1)).toMatchObject({ executionId, input })
    expect(client.frames.some(({ type }) => type === 'workflow:result')).toBe(false)
    await waitUntil(() => http.manager.stats().topicCount > 1)
    // It waits for the end and follows nothing.
    expect(http.manager.getExecutionSubscriberCount(executionId)).toBe(0)
    await complete(executionId)
    expect(await nextOf(client, 'workflow:result')).toMatchObject({
      id: 'x',
      executionId,
      status: 'completed',
      outputs: { text: 'Done' },
    })
    expect(client.frames.some(({ type }) => type.startsWith('execution:'))).toBe(false)
    await client.close()
  })

  it('tells large results, several at once', async () => {
    const client = await open()
    for (let id = 0; id < 4; id += 1) client.send(execute({ id }))
    const text = 'x'.repeat(120_000)
    for (let index = 0; index < 4; index += 1) {
      await complete(String((await nextOf(client, 'workflow:accepted', index))?.['executionId']), text)
    }
    for (let index = 0; index < 4; index += 1) {
      expect(await nextOf(client, 'workflow:result', index)).toMatchObject({ outputs: { text } })
    }
    expect(client.closed).toBeNull()
    await client.close()
  })

  it('takes texts that no database stores as HTTP does, and refuses ids that hold them', async () => {
    const client = await open()
    client.send(execute({ input: { topic: 'a\u0000b\ud800' } }))
    const accepted = await nextOf(client, 'workflow:accepted')
    expect(http.engine.started.at(-1)).toMatchObject({ input: { topic: 'a\uFFFDb\uFFFD' } })
    await complete(String(accepted?.['executionId']))
    await nextOf(client, 'workflow:result')
    const refused = [
      execute({ id: 1, workflowId: 'a\u0000' }),
      execute({ id: 2, idempotencyKey: 'a\u0000' }),
      { ...answer('a\u0000'), id: 3 },
    ]
    for (const [index, message] of refused.entries()) {
      client.send(message)
      expect(await nextOf(client, 'error', index)).toMatchObject({ id: index + 1, code: 'INVALID_INPUT' })
    }
    await client.close()
  })

  it('starts one run per key, over any connection and over HTTP, and tells its end again', async () => {
    const before = http.engine.started.length
    const idempotencyKey = 'key-1'
    const first = await open()
    first.send(execute({ idempotencyKey }))
    const executionId = (await nextOf(first, 'workflow:accepted'))?.['executionId']
    first.socket.terminate()
    const second = await open()
    second.send(execute({ idempotencyKey, id: 2 }))
    expect(await nextOf(second, 'workflow:accepted')).toMatchObject({ id: 2, executionId })
    const overHttp = await http.send('POST', `/api/workflows/${workflowId}/executions`, {
      token,
      body: { input },
      headers: { 'idempotency-key': idempotencyKey },
    })
    expect(overHttp.body['executionId']).toBe(executionId)
    await complete(String(executionId))
    expect(await nextOf(second, 'workflow:result')).toMatchObject({ id: 2, executionId })
    // Long over, and asked once more.
    second.send(execute({ idempotencyKey, id: 3 }))
    expect(await nextOf(second, 'workflow:result', 1)).toMatchObject({ id: 3, executionId, status: 'completed' })
    expect(http.engine.started.length).toBe(before + 1)
    second.send(execute({ idempotencyKey, id: 4, input: { topic: 'Other' } }))
    expect(await nextOf(second, 'workflow:error')).toMatchObject({ id: 4, code: 'IDEMPOTENCY_KEY_REUSED' })
    await second.close()
  })

  it('waits for twenty ends of a connection and says so of the next', async () => {
    const client = await open()
    for (let index = 0; index < 21; index += 1) client.send(execute({ id: index }))
    await nextOf(client, 'workflow:accepted', 20)
    const told = client.frames.filter(({ type }) => type === 'workflow:accepted')
    expect(told.filter(({ awaited }) => awaited === true)).toHaveLength(20)
    expect(told.filter(({ awaited }) => awaited === false)).toHaveLength(1)
    const ended = told.find(({ awaited }) => awaited === true)
    await complete(String(ended?.['executionId']))
    await nextOf(client, 'workflow:result')
    client.send(execute({ id: 'room again' }))
    expect(await nextOf(client, 'workflow:accepted', 21)).toMatchObject({ awaited: true })
    await client.close()
  })

  it('refuses what the form does not take, and a drawing with problems', async () => {
    const client = await open()
    client.send(execute({ input: {} }))
    expect(await nextOf(client, 'workflow:error')).toMatchObject({ id: 'x', code: 'INVALID_INPUT' })
    const made = await http.send('POST', '/api/workflows', { token, body: { name: 'Nothing in it' } })
    client.send(execute({ workflowId: made.body['id'] }))
    expect(await nextOf(client, 'workflow:error', 1)).toMatchObject({ code: 'WORKFLOW_INVALID' })
    client.send(execute({ input: 'text' }))
    expect(await nextOf(client, 'error')).toMatchObject({ id: 'x', code: 'INVALID_INPUT' })
    await client.close()
  })

  it('answers unknown and foreign alike, and refuses viewers and keys without the scope', async () => {
    const stranger = await open(strangerToken)
    stranger.send(execute({ id: 1 }))
    stranger.send(execute({ id: 1, workflowId: 'nowhere' }))
    await nextOf(stranger, 'workflow:error', 1)
    const [foreign, unknown] = stranger.frames.filter(({ type }) => type === 'workflow:error')
    expect(foreign).toMatchObject({ code: 'WORKFLOW_NOT_FOUND' })
    expect({ ...foreign, timestamp: 0 }).toEqual({ ...unknown, timestamp: 0 })
    const viewer = await open(viewerToken)
    const key = await openWithKey(await readOnlyKey())
    const before = http.engine.started.length
    for (const client of [viewer, key]) {
      client.send(execute())
      expect(await nextOf(client, 'workflow:error')).toMatchObject({ code: 'FORBIDDEN' })
    }
    expect(http.engine.started.length).toBe(before)
    for (const client of [stranger, viewer, key]) await client.close()
  })
})

describe('U05 user:input:response', () => {
  it('answers a question, and tells the loser who was first', async () => {
    const { requestId, executionId } = await ask()
    const client = await open()
    client.send(answer(requestId))
    expect(await nextOf(client, 'user:input:accepted')).toMatchObject({
      id: 'a',
      requestId,
      executionId,
      response: { choice: 'approve' },
      answeredBy: { name: 'Olive Owner' },
    })
    client.send(answer(requestId, { id: 'late', response: { choice: 'redo', text: 'shorter' } }))
    expect(await nextOf(client, 'error')).toMatchObject({
      id: 'late',
      code: 'PROMPT_ALREADY_ANSWERED',
      details: { answeredBy: { name: 'Olive Owner' } },
    })
    await client.close()
  })

  it('counts once under one key, cut off in the middle or not', async () => {
    const { requestId } = await ask()
    const before = http.engine.answers.length
    const held = Promise.withResolvers<void>()
    http.engine.beforeAnswer = () => held.promise
    const idempotencyKey = 'answer-once'
    const first = await open()
    first.send(answer(requestId, { idempotencyKey }))
    first.socket.terminate()
    const second = await open()
    second.send(answer(requestId, { idempotencyKey }))
    held.resolve()
    http.engine.beforeAnswer = async () => undefined
    expect(await nextOf(second, 'user:input:accepted')).toMatchObject({ requestId })
    expect(http.engine.answers.length).toBe(before + 1)
    await second.close()
  })

  it('can be tried again when Temporal was away', async () => {
    const { requestId } = await ask()
    http.engine.isAway = true
    const client = await open()
    client.send(answer(requestId, { idempotencyKey: 'again' }))
    expect(await nextOf(client, 'error')).toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' })
    http.engine.isAway = false
    client.send(answer(requestId, { idempotencyKey: 'again' }))
    expect(await nextOf(client, 'user:input:accepted')).toMatchObject({ requestId })
    await client.close()
  })

  it('refuses answers that do not fit, unknown and foreign questions alike, viewers and keys', async () => {
    const { requestId } = await ask()
    const client = await open()
    client.send(answer(requestId, { response: 'maybe' }))
    expect(await nextOf(client, 'error')).toMatchObject({ id: 'a', code: 'PROMPT_RESPONSE_INVALID' })
    const stranger = await open(strangerToken)
    stranger.send(answer(requestId))
    stranger.send(answer('nowhere'))
    await nextOf(stranger, 'error', 1)
    const [foreign, unknown] = stranger.frames.filter(({ type }) => type === 'error')
    expect(foreign).toMatchObject({ code: 'PROMPT_NOT_FOUND' })
    expect({ ...foreign, timestamp: 0 }).toEqual({ ...unknown, timestamp: 0 })
    const viewer = await open(viewerToken)
    const key = await openWithKey(await readOnlyKey())
    for (const one of [viewer, key]) {
      one.send(answer(requestId))
      expect(await nextOf(one, 'error')).toMatchObject({ code: 'FORBIDDEN' })
    }
    for (const one of [client, stranger, viewer, key]) await one.close()
  })
})

describe('U04 workflow:validate', () => {
  it('tells the problems of a drawing that is nowhere stored', async () => {
    const client = await open(viewerToken)
    client.send({ type: 'workflow:validate', id: 1, definition: { nodes: [], edges: [] } })
    expect(await nextOf(client, 'workflow:validated')).toMatchObject({
      id: 1,
      valid: false,
      problems: [{ code: 'NO_START' }, {}],
    })
    client.send({ type: 'workflow:validate', id: 2, definition: 'nonsense' })
    expect(await nextOf(client, 'workflow:validated', 1)).toMatchObject({ id: 2, valid: false })
    await client.close()
  })

  it('is refused to a key without the scope', async () => {
    const reply = await http.send('POST', '/api/api-keys', { token, body: { name: 'runner', scopes: ['run'] } })
    const client = await openWithKey(String(reply.body['key']))
    client.send({ type: 'workflow:validate', id: 1, definition: {} })
    expect(await nextOf(client, 'error')).toMatchObject({ id: 1, code: 'FORBIDDEN' })
    await client.close()
  })
})

describe('U06 replay', () => {
  it('tells again what came after a place, and opens a subscription where there is none', async () => {
    const { executionId } = await ask()
    const client = await open()
    client.send({ type: 'replay', id: 1, executionId, since: 1 })
    expect(await nextOf(client, 'subscribed')).toMatchObject({ id: 1, executionId })
    expect(await nextOf(client, 'user:input:required')).toMatchObject({ seq: 2 })
    await nextOf(client, 'caught_up')
    client.send({ type: 'replay', id: 2, executionId, since: 0 })
    await nextOf(client, 'caught_up', 1)
    expect(await nextOf(client, 'execution:created')).toMatchObject({ seq: 1 })
    client.send({ type: 'replay', id: 3, executionId: 'nowhere', since: 0 })
    client.send({ type: 'replay', id: 4, executionId })
    await nextOf(client, 'error', 1)
    expect(client.frames.filter(({ type }) => type === 'error')).toMatchObject([
      { id: 4, code: 'INVALID_INPUT' },
      { id: 3, code: 'EXECUTION_NOT_FOUND' },
    ])
    await client.close()
  })
})

it('lets a caller have no more drawings checked than may be, over all its connections and over HTTP', async () => {
  const clients = [await open(), await open()]
  const definition = { nodes: [], edges: [], note: 'x'.repeat(60_000) }
  for (let index = 0; index < 25; index += 1) {
    for (const client of clients) client.send({ type: 'workflow:validate', id: index, definition })
  }
  const answered = () =>
    clients.flatMap(({ frames }) => frames.filter(({ type }) => type === 'workflow:validated' || type === 'error'))
  await waitUntil(() => answered().length >= 50)
  const refused = answered().filter(({ type }) => type === 'error')
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 118 } })
  const overHttp = await http.send('POST', '/api/workflows/validate', {
    token,
    body: { definition: { ...definition, note: 'x'.repeat(1024 * 1024) } },
  })
  expect([overHttp.status, overHttp.body]).toMatchObject([429, { code: 'RATE_LIMITED' }])
  for (const client of clients) await client.close()
})

it('D09 lets a caller start no more runs than over HTTP, over all its connections', async () => {
  const clients = [await open(), await open()]
  const count = 50
  for (let index = 0; index < count; index += 1) {
    for (const client of clients) client.send(execute({ id: index, workflowId }))
  }
  const answered = () =>
    clients.flatMap(({ frames }) =>
      frames.filter(({ type }) => type === 'workflow:accepted' || type === 'workflow:error'),
    )
  await waitUntil(() => answered().length >= count * 2)
  const refused = answered().filter(({ type }) => type === 'workflow:error')
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 34 } })
  for (const client of clients) await client.close()
})
