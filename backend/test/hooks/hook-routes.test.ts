import { afterAll, beforeAll, expect, it } from 'vitest'
import { createKeyRing } from '../../src/auth/key-ring.ts'
import { createSecretBox } from '../../src/auth/secret-box.ts'
import { createHookSecrets } from '../../src/hooks/hook-secrets.ts'
import { type HttpApp, openHttpApp, type SendOptions, setUpOwner } from '../support/http-app.ts'

const url = 'https://receiver.example.org/millrace'
const eventTypes = ['execution:completed', 'execution:failed']

let http: HttpApp
let token: string

beforeAll(async () => {
  http = await openHttpApp()
  token = await setUpOwner(http)
})
afterAll(() => http.close())

const create = (body: object) => http.send('POST', '/api/hooks', { token, body })
const listed = async () => (await http.send('GET', '/api/hooks', { token })).body['items'] as { id: string }[]

it('makes a hook, shows its secret this once, and stores it sealed', async () => {
  const { status, body, headers } = await create({ url, eventTypes: [...eventTypes, 'execution:failed'] })
  expect([status, headers['cache-control']]).toEqual([201, 'no-store'])
  expect(body).toMatchObject({ url, eventTypes, workflowId: null, isActive: true })
  const secret = String(body['secret'])
  expect(secret).toMatch(/^mrh_[\w-]{43}$/)
  const { secret: _, ...shown } = body
  expect((await http.send('GET', `/api/hooks/${body['id']}`, { token })).body).toEqual(shown)
  expect(await listed()).toEqual([shown])
  expect(http.logText()).not.toContain(secret)
  const { rows } = await http.test.database.pool.query('select * from hooks')
  expect(Buffer.from(rows[0].sealed_secret).includes(Buffer.from(secret))).toBe(false)
})

it('gives a hook another secret, shows it this once, and signs with it from then on', async () => {
  const { body: made } = await create({ url, eventTypes })
  const address = `/api/hooks/${made['id']}`
  const { status, body, headers } = await http.send('POST', `${address}/secret`, { token })
  expect([status, headers['cache-control']]).toEqual([200, 'no-store'])
  const { secret, ...shown } = body
  expect(secret).toMatch(/^mrh_[\w-]{43}$/)
  expect(secret).not.toBe(made['secret'])
  expect((await http.send('GET', address, { token })).body).toEqual(shown)
  expect(http.logText()).not.toContain(String(secret))
  const { rows } = await http.test.database.pool.query('select * from hooks where id = $1', [made['id']])
  const box = createSecretBox(createKeyRing(Buffer.alloc(32, 7)).credentials)
  const secrets = createHookSecrets(box, () => undefined)
  expect(secrets.open(Buffer.from(rows[0].sealed_secret), rows[0].workspace_id, String(made['id']))).toBe(secret)
  const { body: key } = await http.send('POST', '/api/api-keys', { token, body: { name: 'r', scopes: ['read'] } })
  const asReader = { headers: { 'x-api-key': String(key['key']) } }
  expect((await http.send('POST', `${address}/secret`, asReader)).status).toBe(403)
  await http.send('DELETE', address, { token })
  expect((await http.send('POST', `${address}/secret`, { token })).body).toMatchObject({ code: 'HOOK_NOT_FOUND' })
})

it('changes what it is told, turns it off and on, and removes it', async () => {
  const { body } = await create({ url, eventTypes })
  const address = `/api/hooks/${body['id']}`
  const change = (wanted: object) => http.send('PATCH', address, { token, body: wanted })
  expect((await change({ isActive: false })).body).toMatchObject({ url, eventTypes, isActive: false })
  expect((await change({ isActive: true, eventTypes: ['kb:document:failed'] })).body).toMatchObject({
    isActive: true,
    eventTypes: ['kb:document:failed'],
  })
  expect((await change({})).status).toBe(400)
  expect((await http.send('DELETE', address, { token })).status).toBe(204)
  for (const method of ['GET', 'DELETE'] as const) {
    expect((await http.send(method, address, { token })).body).toMatchObject({ code: 'HOOK_NOT_FOUND' })
  }
})

it('refuses events of hooks, progress and unknown ones, addresses that are none, and other workflows', async () => {
  for (const type of ['hook:delivered', 'hook:failed', 'execution:progress', 'node:completed', 'nonsense']) {
    expect([type, (await create({ url, eventTypes: [type] })).status]).toEqual([type, 400])
  }
  expect((await create({ url, eventTypes: [] })).status).toBe(400)
  for (const wrong of [
    'ftp://example.org',
    'nowhere',
    'https://user:password@example.org',
    `${url}/${'x'.repeat(2000)}`,
  ]) {
    expect([wrong, (await create({ url: wrong, eventTypes })).status]).toEqual([wrong, 400])
  }
  expect((await create({ url, eventTypes, workflowId: 'nowhere' })).body).toMatchObject({ code: 'WORKFLOW_NOT_FOUND' })
})

it('refuses private addresses when the hook is made and when it is changed', async () => {
  const { body } = await create({ url, eventTypes })
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '10.0.0.1', '0x7f.1']) {
    const wanted = { url: `http://${host}/`, eventTypes }
    expect((await create(wanted)).body).toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' })
    const changed = await http.send('PATCH', `/api/hooks/${body['id']}`, { token, body: { url: wanted.url } })
    expect(changed.body).toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' })
  }
})

it('asks for the right to edit, also of whoever only reads', async () => {
  const { body: key } = await http.send('POST', '/api/api-keys', { token, body: { name: 'reader', scopes: ['read'] } })
  const options: SendOptions = { headers: { 'x-api-key': String(key['key']) } }
  expect((await http.send('GET', '/api/hooks', options)).status).toBe(403)
  expect((await http.send('POST', '/api/hooks', { ...options, body: { url, eventTypes } })).status).toBe(403)
})

it('lists deliveries in pages, the newest first, and makes one due again', async () => {
  const { body } = await create({ url, eventTypes: ['execution:created'] })
  const { rows } = await http.test.database.pool.query('select workspace_id from hooks where id = $1', [body['id']])
  const workspaceId = rows[0].workspace_id
  const { body: workflows } = await http.send('GET', '/api/workflows', { token })
  const [workflow] = workflows['items'] as { id: string }[]
  await http.send('POST', `/api/workflows/${workflow?.id}/executions`, { token, body: { input: { topic: 'a' } } })
  for (const seq of [1, 2, 900]) {
    await http.test.database.pool.query(
      `insert into hook_deliveries (hook_id, seq, workspace_id, event_type, status, attempts, error, created_at, finished_at)
       values ($1, $2, $3, 'execution:created', 'failed', 12, 'HTTP 500', 1, 2)`,
      [body['id'], seq, workspaceId],
    )
  }
  const address = `/api/hooks/${body['id']}/deliveries`
  const seqsOf = (page: Record<string, unknown>) => (page['items'] as { seq: number }[]).map(({ seq }) => seq)
  const { body: first } = await http.send('GET', `${address}?limit=2`, { token })
  const { body: second } = await http.send('GET', `${address}?limit=2&cursor=${first['nextCursor']}`, { token })
  expect([seqsOf(first), seqsOf(second), second['nextCursor']]).toEqual([[900, 2], [1], undefined])

  const again = await http.send('POST', `${address}/1/redeliver`, { token })
  expect([again.status, again.body]).toEqual([
    202,
    expect.objectContaining({
      seq: 1,
      status: 'waiting',
      attempts: 0,
      dueAt: expect.any(Number),
      error: null,
      finishedAt: null,
    }),
  ])
  // Of 900 there is a delivery but no event any more, of 3 not even that.
  for (const seq of [900, 3]) {
    const { body: refused } = await http.send('POST', `${address}/${seq}/redeliver`, { token })
    expect([seq, refused['code']]).toEqual([seq, 'HOOK_DELIVERY_NOT_FOUND'])
  }
})

it('lets a workspace have twenty', async () => {
  for (let count = (await listed()).length; count < 20; count += 1) {
    expect((await create({ url, eventTypes })).status).toBe(201)
  }
  expect((await create({ url, eventTypes })).body).toMatchObject({ code: 'TOO_MANY_HOOKS' })
})
