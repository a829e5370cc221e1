import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { membershipLimits } from '../../src/policies/membership-limits.ts'
import { insertApiKey } from '../../src/repositories/api-keys.ts'
import { insertCredential } from '../../src/repositories/credentials.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { openSharedWorkspace, type SharedWorkspace } from '../support/shared-workspace.ts'

/** Wide bounds for what a test does by the way, strict ones where it counts. */
const signInsPerMinuteMax = 2

let http: HttpApp
let shared: SharedWorkspace
let token: string

beforeAll(async () => {
  http = await openHttpApp({ signInsPerMinuteMax })
  shared = await openSharedWorkspace(http)
  token = shared.owner.token
})
afterAll(() => http.close())

test('gives a member no more keys than the list shows, and one again for each that is removed', async () => {
  const owner = { workspaceId: shared.id, userId: shared.owner.userId }
  const make = () => http.send('POST', '/api/api-keys', { token, body: { name: 'one more', scopes: ['read'] } })
  const { apiKeysPerMemberMax } = membershipLimits
  for (let count = 1; count < apiKeysPerMemberMax; count += 1) {
    const id = randomUUID()
    await insertApiKey(http.test.database.orm, {
      id,
      ...owner,
      name: 'k',
      keyHash: id,
      prefix: 'mr_',
      scopes: [],
      createdAt: 1,
    })
  }
  const last = await make()
  expect(last.status).toBe(201)
  const refused = await make()
  expect(refused).toMatchObject({ status: 409, body: { code: 'LIMIT_REACHED', details: { apiKeysPerMemberMax } } })
  const { body } = await http.send('GET', '/api/api-keys', { token })
  expect(body['items']).toHaveLength(apiKeysPerMemberMax)
  await http.send('DELETE', `/api/api-keys/${last.body['id']}`, { token })
  expect((await make()).status).toBe(201)
})

test('gives a workspace no more credentials than the list shows', async () => {
  const add = (name: string) =>
    http.send('POST', '/api/credentials', { token, body: { name, provider: 'anthropic', apiKey: 'sk-test' } })
  const { credentialsPerWorkspaceMax } = membershipLimits
  const { orm } = http.test.database
  for (let count = 1; count < credentialsPerWorkspaceMax; count += 1) {
    const row = { name: 'c', provider: 'anthropic', hint: {}, createdBy: shared.owner.userId, createdAt: 1 }
    await insertCredential(orm, { id: randomUUID(), workspaceId: shared.id, sealedSecret: Buffer.alloc(1), ...row })
  }
  expect((await add('last')).status).toBe(201)
  const refused = await add('one more')
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'LIMIT_REACHED', details: { credentialsPerWorkspaceMax } },
  })
})

test('tells a key without the scope to read where it belongs, and nothing else', async () => {
  const member = await shared.join('editor')
  const body = { name: 'runner', scopes: ['run'] }
  const key = String((await http.send('POST', '/api/api-keys', { token: member.token, body })).body['key'])
  const me = await http.send('GET', '/api/me', { token: key })
  expect(me).toMatchObject({ status: 200, body: { workspaces: [{ id: shared.id }] } })
  const refused = await http.send('GET', '/api/workspaces', { token: key })
  expect(refused).toMatchObject({ status: 403, body: { code: 'FORBIDDEN', details: { permission: 'read' } } })
  expect((await http.send('GET', '/api/workspaces', { token: member.token })).status).toBe(200)
})

test('takes one idempotency key in two workspaces for two requests', async () => {
  const second = String((await http.send('POST', '/api/workspaces', { token, body: { name: 'Second' } })).body['id'])
  const create = (workspaceId: string) =>
    http.send('POST', '/api/templates/review-desk/workflows', {
      token,
      headers: { 'x-workspace-id': workspaceId, 'idempotency-key': 'the same' },
    })
  const [here, there] = [await create(shared.id), await create(second)]
  expect([here.status, there.status]).toEqual([201, 201])
  expect(there.body['id']).not.toBe(here.body['id'])
  expect((await create(shared.id)).body['id']).toBe(here.body['id'])
})

test('opens a shared link for a hall of people behind one address, and slows down who guesses links', async () => {
  const link = await shared.share(await shared.startExecution())
  const open = async (given: string, remoteAddress: string) =>
    (
      await http.app.inject({
        method: 'POST',
        url: '/api/share-links/open',
        payload: { token: given },
        remoteAddress,
      })
    ).statusCode
  const answers = []
  for (let guest = 0; guest < 50; guest += 1) answers.push(await open(link.token, '203.0.113.5'))
  expect(new Set(answers)).toEqual(new Set([200]))
  const guesses = []
  for (let tries = 0; tries < 11; tries += 1) guesses.push(await open(`guess-${tries}`.padEnd(43, 'x'), '203.0.113.6'))
  expect(guesses).toEqual([...Array.from({ length: 10 }, () => 404), 429])
  const guess = async (url: string, body: object) =>
    (
      await http.app.inject({
        method: 'POST',
        url,
        payload: { token: 'answer.guess', ...body },
        remoteAddress: '203.0.113.7',
      })
    ).statusCode
  const ofQuestions = []
  for (let tries = 0; tries < 6; tries += 1) {
    ofQuestions.push(
      await guess('/api/prompt-links/open', {}),
      await guess('/api/prompt-links/answer', { response: 'yes' }),
    )
  }
  expect(ofQuestions).toEqual([...Array.from({ length: 10 }, () => 404), 429, 429])
})
