import { AppError } from '@millrace/shared/errors/app-error'
import { eventId } from '@millrace/shared/events/event-id'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createKeyRing } from '../../src/auth/key-ring.ts'
import { createPromptLinkTokens } from '../../src/auth/prompt-link-tokens.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { openSharedWorkspace, type Person, type SharedWorkspace } from '../support/shared-workspace.ts'

let http: HttpApp
let shared: SharedWorkspace
let operator: Person

beforeAll(async () => {
  http = await openHttpApp()
  shared = await openSharedWorkspace(http)
  operator = await shared.join('operator')
})
afterAll(() => http.close())
afterEach(() => {
  vi.useRealTimers()
})

const nodePath = 'redo[1]/approve'

/** A run that asks; nothing runs. `deadline`: epoch milliseconds. */
async function ask(deadline?: number): Promise<string> {
  const executionId = await shared.startExecution()
  const requestId = `${executionId}:${nodePath}`
  await http.emitter.emit({ workspaceId: shared.id, userId: shared.owner.userId }, [
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
      body: 'Dear all, the lift is repaired.',
      inputType: 'choice',
      validation: {},
      ...(deadline === undefined ? {} : { deadline }),
    },
  ])
  return requestId
}

/** Tells that the question is closed, as its run would. */
async function close(requestId: string, kind: 'answered' | 'withdrawn', name = 'Ben'): Promise<void> {
  const executionId = requestId.split(':')[0] ?? ''
  const base = { timestamp: 5, executionId, nodeId: 'approve', nodePath, iteration: 1, requestId }
  const type = kind === 'answered' ? 'user:input:received' : 'user:input:withdrawn'
  const told =
    kind === 'answered'
      ? { response: { choice: 'redo', text: 'a word' }, answeredBy: { userId: 'u2', name }, answeredAt: 77 }
      : { reason: 'Enough' }
  await http.emitter.emit({ workspaceId: shared.id, userId: shared.owner.userId }, [
    { type, eventId: eventId({ nodePath, type }), ...base, ...told } as never,
  ])
}

const linksOf = (requestId: string) => `/api/prompts/${encodeURIComponent(requestId)}/links`
const make = (requestId: string, token = operator.token, body: object = {}) =>
  http.send('POST', linksOf(requestId), { token, body })
const tokenOf = async (requestId: string, by = operator.token) => String((await make(requestId, by)).body['token'])
const open = (token: string) => http.send('POST', '/api/prompt-links/open', { body: { token } })
const answer = (token: string, response: unknown, more: { name?: string; key?: string } = {}) => {
  const { name, key } = more
  return http.send('POST', '/api/prompt-links/answer', {
    body: { token, response, ...(name === undefined ? {} : { name }) },
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
  })
}
const answersOf = (requestId: string) => http.engine.answers.filter((one) => one.requestId === requestId)

test('makes a link for 72 hours or as long as is asked, and never keeps, repeats or logs its token', async () => {
  const requestId = await ask()
  const before = Date.now()
  const made = await make(requestId)
  expect([made.status, made.headers['cache-control']]).toEqual([201, 'no-store'])
  const { token, path, expiresAt } = made.body as { token: string; path: string; expiresAt: number }
  expect(path).toBe(`/answer#${token}`)
  expect(Math.round((expiresAt - before) / 3_600_000)).toBe(72)
  const day = await make(requestId, operator.token, { expiresInHours: 24 })
  expect(Math.round((Number(day.body['expiresAt']) - before) / 3_600_000)).toBe(24)
  for (const expiresInHours of [0, 721, 1.5]) {
    expect((await make(requestId, operator.token, { expiresInHours })).status).toBe(400)
  }
  const keyed = () =>
    http.send('POST', linksOf(requestId), {
      token: operator.token,
      body: {},
      headers: { 'idempotency-key': 'a link once' },
    })
  expect([(await keyed()).status, (await keyed()).headers['idempotency-replayed']]).toEqual([201, undefined])
  await answer(token, 'approve', { key: 'once' })
  await open(`${token}x`)
  const { rows } = await http.test.database.pool.query('select row_to_json(k) from idempotency_keys k')
  const stored = JSON.stringify(rows)
  for (const secret of [token, token.split('.')[2] ?? '']) {
    expect(stored).not.toContain(secret)
    expect(http.logText()).not.toContain(secret)
  }
})

test('is made by who may answer, for a question of their own that is open', async () => {
  const requestId = await ask()
  const viewer = await shared.join('viewer')
  expect((await make(requestId, viewer.token)).body['code']).toBe('FORBIDDEN')
  expect((await http.send('POST', linksOf(requestId), { body: {} })).status).toBe(401)
  const side = await http.send('POST', '/api/workspaces', { token: operator.token, body: { name: 'Side' } })
  const elsewhere = await http.send('POST', linksOf(requestId), {
    token: operator.token,
    body: {},
    headers: { 'x-workspace-id': String(side.body['id']) },
  })
  expect(elsewhere.body['code']).toBe('PROMPT_NOT_FOUND')
  await close(requestId, 'withdrawn')
  expect((await make(requestId)).body).toMatchObject({ code: 'PROMPT_CLOSED', details: { status: 'withdrawn' } })
  const answered = await ask()
  await close(answered, 'answered')
  expect((await make(answered)).body['code']).toBe('PROMPT_ALREADY_ANSWERED')
})

test('lives no longer than the deadline of its question', async () => {
  const deadline = Date.now() + 3_600_000
  const requestId = await ask(deadline)
  expect((await make(requestId)).body['expiresAt']).toBe(deadline)
  expect((await make(await ask(Date.now() - 1))).body['code']).toBe('PROMPT_CLOSED')
})

test('opens to the question and nothing else of its run', async () => {
  const requestId = await ask()
  const opened = await open(await tokenOf(requestId))
  expect([opened.status, opened.headers['cache-control']]).toEqual([200, 'no-store'])
  expect(opened.body).toEqual({
    requestId,
    workflowName: 'Review desk',
    sharedByName: expect.stringContaining('operator'),
    expiresAt: expect.any(Number),
    status: 'open',
    prompt: 'Shall it go out?',
    body: 'Dear all, the lift is repaired.',
    inputType: 'choice',
    requestedAt: expect.any(Number),
  })
  expect(answersOf(requestId)).toEqual([])
})

test('tells of a closed question who answered and when, and not with what', async () => {
  const [answered, withdrawn] = [await ask(), await ask()]
  const [one, other] = [await tokenOf(answered), await tokenOf(withdrawn)]
  await close(answered, 'answered')
  await close(withdrawn, 'withdrawn')
  const { body } = await open(one)
  expect(body).toMatchObject({ status: 'answered', answeredByName: 'Ben', answeredAt: 77 })
  expect(JSON.stringify(body)).not.toMatch(/a word|u2/)
  expect((await open(other)).body).toMatchObject({ status: 'withdrawn' })
  const late = await answer(one, 'approve')
  expect(late.body).toMatchObject({
    code: 'PROMPT_ALREADY_ANSWERED',
    message: 'Ben has answered already.',
    details: { answeredBy: { name: 'Ben' }, answeredAt: 77 },
  })
  expect(JSON.stringify(late.body)).not.toMatch(/a word|u2/)
  expect((await answer(other, 'approve')).body).toMatchObject({
    code: 'PROMPT_CLOSED',
    details: { status: 'withdrawn' },
  })
})

test('answers as a member does, under a name that says how it came', async () => {
  const requestId = await ask()
  const token = await tokenOf(requestId, shared.owner.token)
  const wrong = await answer(token, 'maybe')
  expect([wrong.status, wrong.body['code']]).toEqual([422, 'PROMPT_RESPONSE_INVALID'])
  for (const name of ['x'.repeat(61), 'Kim\nOlive Owner', 'Kim \u202e live']) {
    expect((await answer(token, 'approve', { name })).status).toBe(400)
  }
  const right = await answer(token, { choice: 'redo', text: 'shorter' }, { name: ' Kim ' })
  const answeredBy = { userId: `link:${shared.owner.userId}`, name: 'Kim (by a link from Olive Owner)' }
  expect(right).toMatchObject({
    status: 200,
    body: { accepted: true, requestId, response: { choice: 'redo', text: 'shorter' }, answeredBy },
  })
  expect(answersOf(requestId)).toMatchObject([{ answeredBy }])
  const nameless = await ask()
  await answer(await tokenOf(nameless, shared.owner.token), 'approve')
  expect(answersOf(nameless)[0]?.answeredBy.name).toBe('Somebody (by a link from Olive Owner)')
})

test('counts an answer once under its key, and takes no other answer under it', async () => {
  const requestId = await ask()
  const token = await tokenOf(requestId)
  const [one, two] = await Promise.all([1, 2].map(() => answer(token, 'approve', { name: 'Kim', key: 'k-1' })))
  expect([one?.status, two?.status]).toEqual([200, 200])
  expect(two?.body).toEqual(one?.body)
  expect(answersOf(requestId)).toHaveLength(1)
  const reused = await answer(token, { choice: 'redo' }, { name: 'Kim', key: 'k-1' })
  expect([reused.status, reused.body['code']]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED'])
  const elsewhere = await ask()
  expect((await answer(await tokenOf(elsewhere), 'approve', { name: 'Kim', key: 'k-1' })).status).toBe(200)
  expect(answersOf(elsewhere)).toHaveLength(1)
  expect((await answer(token, 'approve', { key: 'k'.repeat(256) })).status).toBe(400)
})

test('takes an answer that Temporal could not, later under the same key', async () => {
  const requestId = await ask()
  const token = await tokenOf(requestId)
  http.engine.isAway = true
  const away = await answer(token, 'approve', { key: 'later' })
  http.engine.isAway = false
  expect(away.body['code']).toBe('TEMPORAL_UNAVAILABLE')
  expect((await answer(token, 'approve', { key: 'later' })).status).toBe(200)
})

test('lets one of a link and a member be first, and tells the other by whom', async () => {
  const requestId = await ask()
  const token = await tokenOf(requestId)
  const both = Promise.withResolvers<void>()
  let arrived = 0
  http.engine.beforeAnswer = async () => {
    arrived += 1
    if (arrived === 2) both.resolve()
    await both.promise
  }
  const url = `/api/prompts/${encodeURIComponent(requestId)}/response`
  const [stranger, member] = await Promise.all([
    answer(token, 'approve', { name: 'Kim' }),
    http.send('POST', url, { token: shared.owner.token, body: { response: { choice: 'redo', text: 'no' } } }),
  ])
  http.engine.beforeAnswer = async () => undefined
  expect([stranger.status, member.status].toSorted()).toEqual([200, 409])
  const [winner, loser] = stranger.status === 200 ? [stranger, member] : [member, stranger]
  expect(loser.body).toMatchObject({
    code: 'PROMPT_ALREADY_ANSWERED',
    details: { answeredBy: { name: (winner.body['answeredBy'] as { name: string }).name } },
  })
  expect(answersOf(requestId)).toHaveLength(1)
})

test('answers alike what is forged, changed, expired, foreign or for something else', async () => {
  const requestId = await ask()
  const token = await tokenOf(requestId)
  const claims = {
    requestId,
    workspaceId: shared.id,
    userId: shared.owner.userId,
    memberSince: 1,
    apiKeyId: null,
    expiresAt: Date.now() + 60_000,
  }
  const [prefix = '', body = '', signature = ''] = token.split('.')
  const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as unknown[]
  const longer = Buffer.from(JSON.stringify(payload.with(5, Number(payload[5]) + 1))).toString('base64url')
  const own = createPromptLinkTokens(createKeyRing(Buffer.alloc(32, 7)).promptLinks)
  const share = await shared.share(requestId.split(':')[0] ?? '')
  const bad = [
    'nonsense',
    'answer..',
    `${prefix}.${body}`,
    `${prefix}.${longer}.${signature}`,
    `${prefix}.${body}.${signature}.${signature}`,
    createPromptLinkTokens(Buffer.alloc(32, 9)).issue(claims),
    // Signed with the key of access tokens.
    createPromptLinkTokens(createKeyRing(Buffer.alloc(32, 7)).accessToken).issue(claims),
    own.issue(claims),
    own.issue({ ...(own.read(token, 0) ?? claims), expiresAt: Date.now() - 1 }),
    own.issue({ ...(own.read(token, 0) ?? claims), workspaceId: 'other' }),
    own.issue({ ...(own.read(token, 0) ?? claims), requestId: `${requestId}x` }),
    shared.owner.token,
    `answer.${shared.owner.token}`,
    share.token,
    share.accessToken,
    await shared.invite('viewer').then((made) => made.token),
  ]
  const told = await Promise.all(bad.flatMap((one) => [open(one), answer(one, 'approve')]))
  const alike = told.map(({ status, body: { requestId: _, ...rest } }) => JSON.stringify([status, rest]))
  expect(new Set(alike)).toEqual(
    new Set([
      JSON.stringify([
        404,
        {
          code: 'PROMPT_LINK_NOT_FOUND',
          message: 'This link does not exist or has ended. Ask whoever sent it for a new one.',
        },
      ]),
    ]),
  )
  expect(answersOf(requestId)).toEqual([])
  expect((await open(token)).status).toBe(200)
})

test('opens nothing else of the API', async () => {
  const token = await tokenOf(await ask())
  for (const [method, path] of [
    ['GET', '/api/me'],
    ['GET', '/api/prompts'],
    ['POST', '/api/prompts/any/response'],
  ] as const) {
    const reply = await http.send(method, path, { token, ...(method === 'POST' ? { body: { response: 'x' } } : {}) })
    expect([path, reply.status]).toEqual([path, 401])
  }
  for (const path of ['/api/share-links/open', '/api/invitations/look-up']) {
    const status = (await http.send('POST', path, { body: { token: token.slice(0, 200) } })).status
    expect([path, status]).toEqual([path, 404])
  }
})

test('is gone while who made it may not answer, and for good with the membership', async () => {
  const maker = await shared.join('operator')
  const token = await tokenOf(await ask(), maker.token)
  const memberUrl = `/api/workspaces/${shared.id}/members/${maker.userId}`
  const become = (role: string) => http.send('PATCH', memberUrl, { token: shared.owner.token, body: { role } })
  const codes = async () =>
    Promise.all([open(token), answer(token, 'maybe')]).then((replies) => replies.map(({ body }) => body['code']))
  expect(await codes()).toEqual([undefined, 'PROMPT_RESPONSE_INVALID'])
  await become('viewer')
  expect(await codes()).toEqual(['PROMPT_LINK_NOT_FOUND', 'PROMPT_LINK_NOT_FOUND'])
  await become('editor')
  expect(await codes()).toEqual([undefined, 'PROMPT_RESPONSE_INVALID'])
  await http.send('DELETE', memberUrl, { token: shared.owner.token })
  expect(await codes()).toEqual(['PROMPT_LINK_NOT_FOUND', 'PROMPT_LINK_NOT_FOUND'])
  const { token: invitation } = await shared.invite('editor')
  const back = await http.send('POST', '/api/invitations/accept', { token: maker.token, body: { token: invitation } })
  expect(back.status).toBeLessThan(300)
  expect(await codes()).toEqual(['PROMPT_LINK_NOT_FOUND', 'PROMPT_LINK_NOT_FOUND'])
})

test('repeats nothing to a link that has ended since', async () => {
  const maker = await shared.join('operator')
  const token = await tokenOf(await ask(), maker.token)
  expect((await answer(token, 'approve', { key: 'again' })).status).toBe(200)
  await http.send('DELETE', `/api/workspaces/${shared.id}/members/${maker.userId}`, { token: shared.owner.token })
  expect((await answer(token, 'approve', { key: 'again' })).body['code']).toBe('PROMPT_LINK_NOT_FOUND')
})

test('tells an answer that counted again under its key once the link is over, and does nothing else', async () => {
  const requestId = await ask(Date.now() + 3_600_000)
  const token = await tokenOf(requestId)
  const [given, unused] = [await answer(token, 'approve', { key: 'in time' }), await tokenOf(await ask())]
  const refused = await answer(token, 'maybe', { key: 'refused' })
  expect([given.status, refused.status]).toEqual([200, 422])
  await close(requestId, 'answered', 'Ben')
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 73 * 3_600_000 })
  const again = await answer(token, 'approve', { key: 'in time' })
  expect([again.status, again.body]).toEqual([200, given.body])
  const others = await Promise.all([
    answer(token, 'approve'),
    answer(token, 'approve', { key: 'another' }),
    answer(token, { choice: 'redo', text: 'no' }, { key: 'in time' }),
    answer(token, 'maybe', { key: 'refused' }),
    answer(unused, 'approve', { key: 'in time' }),
    open(token),
  ])
  expect(new Set(others.map(({ body }) => body['code']))).toEqual(new Set(['PROMPT_LINK_NOT_FOUND']))
  expect(answersOf(requestId)).toHaveLength(1)
})

test('takes an answer again that took effect without a word, and none of another who has the link', async () => {
  const requestId = await ask()
  const token = await tokenOf(requestId)
  const take = http.engine.answer.bind(http.engine)
  const lost = vi.spyOn(http.engine, 'answer').mockImplementationOnce(async (request) => {
    await take(request)
    throw new AppError('TEMPORAL_UNAVAILABLE')
  })
  expect((await answer(token, 'approve', { key: 'lost' })).status).toBe(503)
  lost.mockRestore()
  const [taken] = answersOf(requestId)
  const type = 'user:input:received'
  await http.emitter.emit({ workspaceId: shared.id, userId: shared.owner.userId }, [
    {
      type,
      eventId: eventId({ nodePath, type }),
      timestamp: 5,
      executionId: requestId.split(':')[0] ?? '',
      nodeId: 'approve',
      nodePath,
      iteration: 1,
      requestId,
      response: taken?.response ?? {},
      answeredBy: taken?.answeredBy ?? { userId: '', name: '' },
      answeredAt: 77,
    },
  ])
  expect((await answer(token, 'approve', { key: 'of another' })).body['code']).toBe('PROMPT_ALREADY_ANSWERED')
  expect((await answer(token, 'approve', { key: 'lost' })).body).toMatchObject({ accepted: true, answeredAt: 77 })
})

test('made with a key, lives as long as the key', async () => {
  const requestId = await ask()
  const keyOf = async (scope: string) =>
    (await http.send('POST', '/api/api-keys', { token: operator.token, body: { name: scope, scopes: [scope] } })).body
  const [reading, answering] = [await keyOf('read'), await keyOf('answer')]
  const makeBy = (key: unknown) =>
    http.send('POST', linksOf(requestId), { headers: { 'x-api-key': String(key) }, body: {} })
  expect((await makeBy(reading['key'])).body['code']).toBe('FORBIDDEN')
  const token = String((await makeBy(answering['key'])).body['token'])
  expect((await open(token)).status).toBe(200)
  await http.send('DELETE', `/api/api-keys/${answering['id']}`, { token: operator.token })
  expect((await open(token)).body['code']).toBe('PROMPT_LINK_NOT_FOUND')
})

test('bounds what a stranger sends', async () => {
  const token = await tokenOf(await ask())
  expect((await open('x'.repeat(3001))).status).toBe(400)
  expect((await answer(token, 'x'.repeat(512 * 1024))).status).toBe(413)
  expect((await answer(token, 'x'.repeat(70_000))).body['code']).toBe('PROMPT_RESPONSE_INVALID')
})
