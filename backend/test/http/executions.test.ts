import { eventId } from '@millrace/shared/events/event-id'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadStart } from '../../src/repositories/executions.ts'
import { createOutputRepository } from '../../src/repositories/outputs.ts'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'

let http: HttpApp
let token: string
let workflowId: string
let owner: { workspaceId: string; userId: string }

beforeAll(async () => {
  http = await openHttpApp()
  token = await setUpOwner(http)
  const { body } = await http.send('GET', '/api/me', { token })
  const me = body as unknown as { user: { id: string }; workspaces: { id: string }[] }
  owner = { workspaceId: me.workspaces[0]?.id ?? '', userId: me.user.id }
  const made = await http.send('POST', '/api/templates/review-desk/workflows', { token })
  workflowId = String(made.body['id'])
})
afterAll(() => http.close())
beforeEach(() => {
  http.engine.isAway = false
  http.engine.beforeAnswer = async () => undefined
})

async function start(key?: string): Promise<string> {
  const reply = await http.send('POST', `/api/workflows/${workflowId}/executions`, {
    token,
    body: { input: { topic: 'Lift repair' } },
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
  })
  expect(reply.status).toBe(202)
  return String(reply.body['executionId'])
}

async function ask(executionId: string): Promise<string> {
  const requestId = `${executionId}:redo[1]/approve`
  const nodePath = 'redo[1]/approve'
  await http.emitter.emit(owner, [
    {
      type: 'user:input:required',
      eventId: eventId({ nodePath, type: 'user:input:required' }),
      timestamp: Date.now(),
      executionId,
      nodeId: 'approve',
      nodePath,
      iteration: 1,
      requestId,
      nodeName: 'Approve',
      workflowName: 'Review desk',
      prompt: 'Shall it go out?',
      inputType: 'choice',
      validation: {},
    },
  ])
  return requestId
}

const answerUrl = (requestId: string) => `/api/prompts/${encodeURIComponent(requestId)}/response`

test('stores a run with its first event before it is started, with defaults filled in', async () => {
  const executionId = await start()
  const { body } = await http.send('GET', `/api/executions/${executionId}`, { token })
  expect(body).toMatchObject({
    executionId,
    workflowId,
    workflowVersion: 1,
    status: 'queued',
    startedByName: 'Olive Owner',
    input: { topic: 'Lift repair' },
    seq: 1,
    nodes: { start: { status: 'pending', attempt: 0 }, draft: { nodeType: 'llm', nodeName: 'Draft' } },
  })
  expect(http.engine.started.at(-1)).toMatchObject({ executionId, owner, plan: { workflowId, workflowVersion: 1 } })
  const events = await http.send('GET', `/api/executions/${executionId}/events`, { token })
  expect(events.body).toMatchObject({ items: [{ type: 'execution:created', seq: 1, executionId }], head: 1 })
  expect((await http.send('GET', `/api/executions/${executionId}/events?since=1`, { token })).body['items']).toEqual([])
})

test('keeps a run for later when Temporal is away', async () => {
  http.engine.isAway = true
  const executionId = await start()
  const { body } = await http.send('GET', `/api/executions/${executionId}`, { token })
  expect(body['status']).toBe('queued')
  expect(await loadStart(http.test.database.orm, executionId)).toMatchObject({ executionId, owner })
})

test('refuses input that the form does not take, by field', async () => {
  const url = `/api/workflows/${workflowId}/executions`
  const reply = await http.send('POST', url, { token, body: { input: {} } })
  expect(reply.status).toBe(400)
  expect(reply.body).toMatchObject({ code: 'INVALID_INPUT', details: { issues: [{ path: 'input.topic' }] } })
})

test('refuses to run a drawing with problems, and names them', async () => {
  const made = await http.send('POST', '/api/workflows', { token, body: { name: 'Nothing in it' } })
  const reply = await http.send('POST', `/api/workflows/${String(made.body['id'])}/executions`, { token })
  expect(reply.status).toBe(422)
  expect(reply.body).toMatchObject({ code: 'WORKFLOW_INVALID', details: { problems: [{ code: 'NO_START' }, {}] } })
  const none = await http.send('POST', '/api/workflows/none/executions', { token })
  expect([none.status, none.body['code']]).toEqual([404, 'WORKFLOW_NOT_FOUND'])
})

test('lists runs by workflow and status', async () => {
  const executionId = await start()
  const all = await http.send('GET', `/api/executions?workflowId=${workflowId}&status=queued,running&limit=1`, {
    token,
  })
  expect(all.body['items']).toMatchObject([{ executionId, status: 'queued' }])
  expect(all.body['nextCursor']).toEqual(expect.any(String))
  expect((await http.send('GET', '/api/executions?status=completed', { token })).body['items']).toEqual([])
  expect((await http.send('GET', '/api/executions?status=happy', { token })).status).toBe(400)
})

test('shows the drawing that a run carries, also after the workflow has changed and gone', async () => {
  const made = await http.send('POST', '/api/templates/review-desk/workflows', { token })
  const id = String(made.body['id'])
  const started = await http.send('POST', `/api/workflows/${id}/executions`, { token, body: { input: { topic: 'x' } } })
  await http.send('PUT', `/api/workflows/${id}`, {
    token,
    body: { version: 1, definition: { nodes: [], edges: [] } },
  })
  await http.send('DELETE', `/api/workflows/${id}`, { token })
  const url = `/api/executions/${String(started.body['executionId'])}/definition`
  const { body } = await http.send('GET', url, { token })
  expect(body).toMatchObject({ workflowId: id, workflowVersion: 1, definition: made.body['definition'] })
})

test('gives out large outputs by reference', async () => {
  const executionId = await start()
  const { ref } = await createOutputRepository(http.test.database).put(owner, executionId, ['large'])
  const { body } = await http.send('GET', `/api/executions/${executionId}/outputs/${ref}`, { token })
  expect(body).toEqual(['large'])
  expect((await http.send('GET', `/api/executions/${executionId}/outputs/none`, { token })).status).toBe(404)
})

test('passes a wish to cancel on, and refuses one that comes too late', async () => {
  const executionId = await start()
  const reply = await http.send('POST', `/api/executions/${executionId}/cancel`, { token, body: { reason: 'Wrong' } })
  expect([reply.status, reply.body['executionId']]).toEqual([202, executionId])
  expect(http.engine.cancelled.at(-1)).toEqual({ executionId, reason: 'Wrong', by: owner.userId })
  const type = 'execution:cancelled'
  await http.emitter.emit(owner, [
    {
      type,
      eventId: eventId({ nodePath: null, type }),
      timestamp: Date.now(),
      executionId,
      status: 'cancelled',
      reason: 'Wrong',
      duration: 1,
    },
  ])
  const late = await http.send('POST', `/api/executions/${executionId}/cancel`, { token })
  expect([late.status, late.body['code']]).toEqual([409, 'EXECUTION_FINISHED'])
  expect((await http.send('POST', '/api/executions/none/cancel', { token })).status).toBe(404)
})

test('tells a pause by a key as such, not as its person’s own', async () => {
  const executionId = await start()
  const key = await http.send('POST', '/api/api-keys', { token, body: { name: 'ci', scopes: ['read', 'run'] } })
  const { body } = await http.send('GET', '/api/me', { token })
  const { name } = (body as unknown as { user: { name: string } }).user
  for (const wish of ['pause', 'resume']) {
    await http.send('POST', `/api/executions/${executionId}/${wish}`, { token: String(key.body['key']) })
    const by = { userId: owner.userId, name: `${name} (API key)` }
    expect(http.engine.held.at(-1)).toMatchObject({ wish, executionId, by })
  }
})

test('passes a wish to pause or to go on to the run, with who has it, and refuses one for a run that is over', async () => {
  const executionId = await start()
  const url = `/api/executions/${executionId}`
  const paused = await http.send('POST', `${url}/pause`, { token, body: { reason: 'Lunch' } })
  expect([paused.status, paused.body]).toEqual([200, { executionId, status: 'paused' }])
  const by = { userId: owner.userId, name: expect.any(String) }
  expect(http.engine.held.at(-1)).toMatchObject({ wish: 'pause', executionId, reason: 'Lunch', by })
  const type = 'execution:paused'
  const id = eventId({ nodePath: null, type, ordinal: 'pause/1' })
  await http.emitter.emit(owner, [
    { type, eventId: id, timestamp: 9, executionId, reason: 'Lunch', by: { userId: 'u', name: 'Kim' } },
  ])
  const shown = (await http.send('GET', url, { token })).body
  expect(shown).toMatchObject({ status: 'paused', pause: { at: 9, reason: 'Lunch', by: { name: 'Kim' } } })
  const { body: listed } = await http.send('GET', '/api/executions?status=paused', { token })
  expect(listed['items']).toMatchObject([{ executionId, status: 'paused' }])

  const resumed = await http.send('POST', `${url}/resume`, { token })
  expect([resumed.status, resumed.body]).toEqual([200, { executionId, status: 'running' }])
  expect(http.engine.held.at(-1)).toMatchObject({ wish: 'resume', executionId })
  expect((await http.send('POST', '/api/executions/none/pause', { token })).status).toBe(404)
  http.engine.unknown.add(executionId)
  const late = await http.send('POST', `${url}/pause`, { token })
  expect([late.status, late.body['code']]).toEqual([409, 'EXECUTION_FINISHED'])
  http.engine.unknown.delete(executionId)
})

test('starts a run that Temporal never got, so that it can be cancelled', async () => {
  http.engine.isAway = true
  const executionId = await start()
  http.engine.isAway = false
  http.engine.unknown.add(executionId)
  const reply = await http.send('POST', `/api/executions/${executionId}/cancel`, { token })
  expect(reply.status).toBe(202)
  expect(http.engine.cancelled.at(-1)).toMatchObject({ executionId })
})

test('shows that somebody was reminded, and tells whoever started the run', async () => {
  const executionId = await start()
  const requestId = await ask(executionId)
  const place = { nodeId: 'approve', nodePath: 'redo[1]/approve', iteration: 1, requestId, executionId }
  const type = 'user:input:reminder'
  const said = {
    nodeName: 'Approve',
    workflowName: 'Review desk',
    prompt: 'Shall it go out?',
    inputType: 'choice',
  } as const
  for (const number of [1, 2]) {
    const id = eventId({ nodePath: place.nodePath, type, ordinal: number })
    await http.emitter.emit(owner, [{ type, eventId: id, timestamp: 1000 * number, ...place, ...said, number }])
  }
  const one = await http.send('GET', `/api/prompts/${encodeURIComponent(requestId)}`, { token })
  expect(one.body).toMatchObject({ requestId, status: 'open', reminderCount: 2, remindedAt: 2000 })
  const { body: notices } = await http.send('GET', '/api/notifications', { token })
  const titles = (notices['items'] as { title: string; message: string }[])
    .filter(({ message }) => message === 'Shall it go out?')
    .map(({ title }) => title)
  expect(titles.slice(0, 3)).toEqual([
    'Review desk still waits for an answer',
    'Review desk still waits for an answer',
    'Review desk waits for an answer',
  ])
  const end = 'user:input:withdrawn'
  const id = eventId({ nodePath: place.nodePath, type: end })
  await http.emitter.emit(owner, [{ type: end, eventId: id, timestamp: 3000, ...place, reason: 'Enough' }])
})

test('shows open questions and passes the first answer on', async () => {
  const requestId = await ask(await start())
  const open = await http.send('GET', '/api/prompts?status=open', { token })
  expect(open.body['items']).toMatchObject([{ requestId, status: 'open', prompt: 'Shall it go out?' }])
  const one = await http.send('GET', `/api/prompts/${encodeURIComponent(requestId)}`, { token })
  expect(one.body).toMatchObject({ requestId, nodeId: 'approve', inputType: 'choice' })

  const wrong = await http.send('POST', answerUrl(requestId), { token, body: { response: 'maybe' } })
  expect([wrong.status, wrong.body['code']]).toEqual([422, 'PROMPT_RESPONSE_INVALID'])
  expect(http.engine.answers).toEqual([])

  const right = await http.send('POST', answerUrl(requestId), { token, body: { response: 'approve' } })
  expect(right.status).toBe(200)
  expect(right.body).toMatchObject({
    accepted: true,
    response: { choice: 'approve' },
    answeredBy: { name: 'Olive Owner' },
  })
  // The same click once more: the run knows it by its derived key.
  const twice = await http.send('POST', answerUrl(requestId), { token, body: { response: { choice: 'approve' } } })
  expect(twice.status).toBe(200)
  expect(http.engine.answers).toHaveLength(1)
})

test('tells the second answerer who was first', async () => {
  const requestId = await ask(await start())
  const [first, second] = await Promise.all(
    ['approve', { choice: 'redo', text: 'shorter' }].map((response) =>
      http.send('POST', answerUrl(requestId), { token, body: { response } }),
    ),
  )
  expect([first?.status, second?.status].toSorted()).toEqual([200, 409])
  const loser = [first, second].find((reply) => reply?.status === 409)
  expect(loser?.body).toMatchObject({
    code: 'PROMPT_ALREADY_ANSWERED',
    details: { answeredBy: { name: 'Olive Owner' }, answeredAt: expect.any(Number) },
  })
})

test('reads who answered from the row once it is stored, and closed questions stay closed', async () => {
  const executionId = await start()
  const requestId = await ask(executionId)
  const nodePath = 'redo[1]/approve'
  const base = { timestamp: 5, executionId, nodeId: 'approve', nodePath, iteration: 1, requestId }
  const type = 'user:input:received'
  const answeredBy = { userId: 'u2', name: 'Ben' }
  await http.emitter.emit(owner, [
    { type, eventId: eventId({ nodePath, type }), ...base, response: { choice: 'redo' }, answeredBy, answeredAt: 77 },
  ])
  const reply = await http.send('POST', answerUrl(requestId), { token, body: { response: 'approve' } })
  expect(reply.body).toMatchObject({
    code: 'PROMPT_ALREADY_ANSWERED',
    message: 'Ben has answered already.',
    details: { answeredBy, answeredAt: 77, response: { choice: 'redo' } },
  })

  const other = await ask(await start())
  await http.emitter.emit(owner, [
    {
      type: 'user:input:expired',
      eventId: 'x/user:input:expired/-/-',
      ...base,
      executionId: other.split(':')[0] ?? '',
      requestId: other,
    },
  ])
  const closed = await http.send('POST', answerUrl(other), { token, body: { response: 'approve' } })
  expect([closed.status, closed.body['code']]).toEqual([409, 'PROMPT_CLOSED'])
  expect((await http.send('POST', answerUrl('none'), { token, body: { response: 'x' } })).status).toBe(404)
})

test('says that Temporal is away when an answer cannot be given, and takes it later under the same key', async () => {
  const requestId = await ask(await start())
  http.engine.isAway = true
  const request = { token, body: { response: 'approve' }, headers: { 'idempotency-key': 'answer-1' } }
  const away = await http.send('POST', answerUrl(requestId), request)
  expect([away.status, away.body['code']]).toEqual([503, 'TEMPORAL_UNAVAILABLE'])
  expect(away.headers['retry-after']).toBeDefined()
  http.engine.isAway = false
  expect((await http.send('POST', answerUrl(requestId), request)).status).toBe(200)
})

test('makes one run of one key, however often and however many at once', async () => {
  const before = http.engine.started.length
  const ids = await Promise.all([1, 2, 3].map(() => start('same-key')))
  expect(new Set(ids).size).toBe(1)
  expect(await start('same-key')).toBe(ids[0])
  expect(http.engine.started.length).toBe(before + 1)
  const url = `/api/workflows/${workflowId}/executions`
  const headers = { 'idempotency-key': 'same-key' }
  const replay = await http.send('POST', url, { token, body: { input: { topic: 'Lift repair' } }, headers })
  expect(replay.headers['idempotency-replayed']).toBe('true')
  const other = await http.send('POST', url, { token, body: { input: { topic: 'Other' } }, headers })
  expect([other.status, other.body['code']]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED'])
})

test('repeats a refusal under the same key, and tries again after a failure of its own', async () => {
  const headers = { 'idempotency-key': 'refused' }
  const url = '/api/executions/none/cancel'
  expect((await http.send('POST', url, { token, headers })).status).toBe(404)
  expect((await http.send('POST', url, { token, headers })).headers['idempotency-replayed']).toBe('true')
  const long = await http.send('POST', url, { token, headers: { 'idempotency-key': 'k'.repeat(256) } })
  expect(long.status).toBe(400)
})
