import type { AddressInfo } from 'node:net'
import { AppError } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import { eventId } from '@millrace/shared/events/event-id'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { beginRequest, endRequest } from '../../src/commands/idempotent-request.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { openSharedWorkspace, type SharedWorkspace } from '../support/shared-workspace.ts'
import { waitUntil } from '../support/wait-until.ts'

let http: HttpApp
let shared: SharedWorkspace
let workflowId: string
let client: RawClient

beforeAll(async () => {
  http = await openHttpApp()
  shared = await openSharedWorkspace(http)
  const made = await http.send('POST', '/api/templates/review-desk/workflows', { token: shared.owner.token })
  workflowId = String(made.body['id'])
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = http.app.server.address() as AddressInfo
  client = await RawClient.open(`ws://127.0.0.1:${port}/ws`, ['millrace.v1', `bearer.${shared.owner.token}`])
})
afterAll(async () => {
  await client.close()
  await http.close()
})
afterEach(() => vi.restoreAllMocks())

const nodePath = 'redo[1]/approve'
const emit = (draft: object) =>
  http.emitter.emit({ workspaceId: shared.id, userId: shared.owner.userId }, [draft as never])
const eventOf = (requestId: string, type: string) => ({
  type,
  eventId: eventId({ nodePath, type }),
  timestamp: 5,
  executionId: requestId.split(':')[0] ?? '',
  nodeId: 'approve',
  nodePath,
  iteration: 1,
  requestId,
})

async function ask(): Promise<string> {
  const requestId = `${await shared.startExecution()}:${nodePath}`
  const question = { nodeName: 'Approve', workflowName: 'Review desk', prompt: 'Shall it go out?' }
  await emit({ ...eventOf(requestId, 'user:input:required'), ...question, inputType: 'choice', validation: {} })
  return requestId
}

/** Tells of the answer that the engine took, as its run would. */
async function tellAnswer(requestId: string): Promise<void> {
  const given = http.engine.answers.find((one) => one.requestId === requestId)
  const { response, answeredBy } = given ?? {}
  await emit({ ...eventOf(requestId, 'user:input:received'), response, answeredBy, answeredAt: 77 })
}

interface Told {
  /** Null: it was accepted. */
  code: string | null
  body: Record<string, unknown>
}
type Way = 'HTTP' | 'socket'

let messages = 0

async function send(way: Way, request: { url: string; body: object; message: object; key: string }): Promise<Told> {
  const { url, body, message, key } = request
  if (way === 'HTTP') {
    const headers = { 'idempotency-key': key }
    const reply = await http.send('POST', url, { token: shared.owner.token, body, headers })
    return { code: reply.status < 400 ? null : String(reply.body['code']), body: reply.body }
  }
  messages += 1
  const id = `m${messages}`
  client.send({ ...message, id, idempotencyKey: key })
  const found = () => client.frames.find((frame) => frame['id'] === id)
  await waitUntil(() => found() !== undefined)
  const frame = found() ?? { type: 'error' }
  return { code: frame.type.endsWith('error') ? String(frame['code']) : null, body: frame }
}

const approval = 'approve'
const answer = (way: Way, requestId: string, key: string) =>
  send(way, {
    url: `/api/prompts/${encodeURIComponent(requestId)}/response`,
    body: { response: approval },
    message: { type: 'user:input:response', requestId, response: approval },
    key,
  })

const input = { topic: 'Lift repair' }
const start = (way: Way, key: string) =>
  send(way, {
    url: `/api/workflows/${workflowId}/executions`,
    body: { input },
    message: { type: 'workflow:execute', workflowId, input },
    key,
  })

/** The next answer takes effect, and nobody hears of it. */
function loseNextAnswer() {
  const take = http.engine.answer.bind(http.engine)
  return vi.spyOn(http.engine, 'answer').mockImplementationOnce(async (request) => {
    await take(request)
    throw new AppError('TEMPORAL_UNAVAILABLE')
  })
}

describe.each([
  ['HTTP', 'HTTP'],
  ['socket', 'socket'],
  ['HTTP', 'socket'],
  ['socket', 'HTTP'],
] as const)('a request that failed over %s after it took effect, and comes again over %s', (first, second) => {
  it('gives the same answer', async () => {
    const requestId = await ask()
    const given = loseNextAnswer()
    expect((await answer(first, requestId, `of ${requestId}`)).code).toBe('TEMPORAL_UNAVAILABLE')
    expect((await answer(second, requestId, `of ${requestId}`)).code).toBeNull()
    const ids = given.mock.calls.map(([{ idempotencyKey }]) => idempotencyKey)
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  it('gives the same answer when its run has told of it meanwhile', async () => {
    const requestId = await ask()
    loseNextAnswer()
    await answer(first, requestId, `of ${requestId}`)
    await tellAnswer(requestId)
    const again = await answer(second, requestId, `of ${requestId}`)
    expect(again).toMatchObject({ code: null, body: { response: { choice: 'approve' }, answeredAt: 77 } })
  })

  it('starts the same run', async () => {
    const create = http.emitter.createExecution.bind(http.emitter)
    const created = vi.spyOn(http.emitter, 'createExecution').mockImplementationOnce(async (execution) => {
      await create(execution)
      throw new AppError('DATABASE_UNAVAILABLE')
    })
    const key = `start ${first} ${second}`
    expect((await start(first, key)).code).toBe('DATABASE_UNAVAILABLE')
    // What is started is what was stored, whatever has become of the workflow by then.
    const { pool } = http.test.database
    await pool.query(`update execution_plans set plan = plan || '{"workflowName":"As it was stored"}'`)
    const again = await start(second, key)
    expect(again.code).toBeNull()
    expect(created.mock.calls.map(([{ row }]) => row.id)).toEqual([again.body['executionId']])
    expect(http.engine.started.at(-1)).toMatchObject({
      executionId: again.body['executionId'],
      plan: { workflowName: 'As it was stored' },
    })
  })
})

it('is not taken as theirs from who gives another answer, nor from somebody else', async () => {
  const requestId = await ask()
  const other = await shared.join('operator')
  expect((await answer('HTTP', requestId, 'first')).code).toBeNull()
  await tellAnswer(requestId)
  const redo = { choice: 'redo', text: 'shorter' }
  for (const [token, response] of [
    [shared.owner.token, redo],
    [other.token, approval],
  ]) {
    const url = `/api/prompts/${encodeURIComponent(requestId)}/response`
    const reply = await http.send('POST', url, { token: String(token), body: { response } })
    expect(reply.body['code']).toBe('PROMPT_ALREADY_ANSWERED')
  }
})

describe('after a try that came to no answer', () => {
  const request = (key: string) => ({ caller: 'somebody', key, requestHash: 'h' })

  it('one of two at once goes on, and the other gets its answer', async () => {
    const { database } = http.test
    const failed = await beginRequest(database, request('two'))
    await endRequest(database, failed.row, { status: 503, body: null })
    const tries = [beginRequest(database, request('two')), beginRequest(database, request('two'))]
    const goesOn = await Promise.race(tries)
    expect([goesOn.seed, goesOn.row.responseStatus]).toEqual([failed.seed, null])
    await endRequest(database, goesOn.row, { status: 200, body: 'done' })
    const statuses = (await Promise.all(tries)).map(({ row }) => row.responseStatus)
    expect(statuses.toSorted()).toEqual([200, null].toSorted())
  })

  it('one of two at once goes on for a process that died, which then ends nothing of it', async () => {
    const { database } = http.test
    const dead = await beginRequest(database, request('dead'))
    const longAgo = Date.now() - 61_000
    await database.pool.query("update idempotency_keys set held_since = $1 where key = 'dead'", [longAgo])
    const tries = [beginRequest(database, request('dead')), beginRequest(database, request('dead'))]
    const goesOn = await Promise.race(tries)
    expect([goesOn.seed, goesOn.row.responseStatus]).toEqual([dead.seed, null])
    await endRequest(database, { ...dead.row, heldSince: longAgo }, { status: 503, body: null })
    await endRequest(database, goesOn.row, { status: 200, body: 'done' })
    await endRequest(database, { ...dead.row, heldSince: longAgo }, { status: 404, body: null })
    const rows = (await Promise.all(tries)).map(({ row }) => row.responseStatus)
    expect(rows.toSorted()).toEqual([200, null].toSorted())
    expect((await beginRequest(database, request('dead'))).row.responseStatus).toBe(200)
  })

  it('is told to come again while the one before is at work for long', async () => {
    const { database } = http.test
    await beginRequest(database, request('long'))
    const later = Date.now() + 3_600_000
    await database.pool.query("update idempotency_keys set held_since = $1 where key = 'long'", [later])
    let now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => {
      now += 1000
      return now
    })
    await expect(beginRequest(database, request('long'))).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_BUSY' })
    expect(errorCatalogue.IDEMPOTENCY_KEY_BUSY.retryable).toBe(true)
  })
})
