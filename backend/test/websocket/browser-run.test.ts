import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hashPassword } from '../../src/auth/password-hash.ts'
import { listOpenExecutions } from '../../src/repositories/executions.ts'
import { insertUser } from '../../src/repositories/users.ts'
import { insertMembership, insertWorkspace } from '../../src/repositories/workspaces.ts'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'
import { waitUntil } from '../support/wait-until.ts'

let http: HttpApp
let url: string
let token: string
let workflowId: string

beforeAll(async () => {
  http = await openHttpApp()
  token = await setUpOwner(http)
  const made = await http.send('POST', '/api/templates/review-desk/workflows', { token })
  workflowId = String(made.body['id'])
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  url = `ws://127.0.0.1:${(http.app.server.address() as AddressInfo).port}/ws`
})
afterAll(async () => {
  await expectQuiet(http.manager)
  await http.close()
})

const open = (as = token) => RawClient.open(url, ['millrace.v1', `bearer.${as}`])
const result = (extra: object = {}) => ({
  type: 'workflow:browser_result',
  id: 'b',
  workflowId,
  input: { topic: 'Lift repair' },
  status: 'completed',
  outputs: { text: 'Done' },
  duration: 1200,
  nodes: [
    { nodeId: 'start', status: 'completed', duration: 1 },
    { nodeId: 'draft', status: 'completed', output: { text: 'Done' }, duration: 1000 },
  ],
  ...extra,
})

async function nextOf(client: RawClient, type: string, index = 0) {
  const found = () => client.frames.filter((frame) => frame.type === type)
  await waitUntil(() => found().length > index, { describe: () => `${type}: ${JSON.stringify(client.frames)}` })
  return found()[index]
}

it('U08 records a run of a browser once, as a run that is over', async () => {
  const client = await open()
  client.send(result({ idempotencyKey: 'once' }))
  const executionId = String((await nextOf(client, 'workflow:recorded'))?.['executionId'])
  client.send(result({ idempotencyKey: 'once' }))
  expect(await nextOf(client, 'workflow:recorded', 1)).toMatchObject({ id: 'b', executionId })
  const { body } = await http.send('GET', `/api/executions/${executionId}`, { token })
  expect(body).toMatchObject({
    executionId,
    origin: 'browser',
    status: 'completed',
    duration: 1200,
    outputs: { text: 'Done' },
    nodes: { draft: { status: 'completed', output: { text: 'Done' }, nodeName: 'Draft' } },
  })
  const listed = await http.send('GET', '/api/executions', { token })
  expect(listed.body['items']).toMatchObject([{ executionId, origin: 'browser', status: 'completed' }])
  const events = await http.send('GET', `/api/executions/${executionId}/events`, { token })
  const items = events.body['items'] as { type: string; origin?: string }[]
  expect(items[0]).toMatchObject({ type: 'execution:created', origin: 'browser' })
  expect(items.at(-1)).toMatchObject({ type: 'execution:completed' })
  expect(items.filter(({ type }) => type === 'execution:completed')).toHaveLength(1)
  // Nobody is ever asked to start it.
  expect(http.engine.started).toEqual([])
  expect(await listOpenExecutions(http.test.database.orm, 10, null)).toEqual([])
  client.send({ type: 'subscribe', executionId, since: 0 })
  expect(await nextOf(client, 'ended')).toMatchObject({ executionId })
  await client.close()
})

it('U08 records failures, and says of server runs that they are', async () => {
  const client = await open()
  const error = { code: 'NODE_TIMEOUT', message: 'Too slow.' }
  const nodes = [{ nodeId: 'draft', status: 'failed', error }]
  client.send(result({ status: 'failed', error, nodes }))
  const executionId = String((await nextOf(client, 'workflow:recorded'))?.['executionId'])
  const { body } = await http.send('GET', `/api/executions/${executionId}`, { token })
  expect(body).toMatchObject({ status: 'failed', error, nodes: { draft: { status: 'failed', error } } })
  const input = { topic: 'Lift repair' }
  const started = await http.send('POST', `/api/workflows/${workflowId}/executions`, { token, body: { input } })
  const other = await http.send('GET', `/api/executions/${String(started.body['executionId'])}`, { token })
  expect(other.body['origin']).toBe('server')
  await client.close()
})

it('U08 refuses what does not fit the drawing, and who may not run it; unknown and foreign alike', async () => {
  const client = await open()
  client.send(result({ id: 1, input: {} }))
  client.send(result({ id: 2, nodes: [{ nodeId: 'nowhere', status: 'completed' }] }))
  client.send(result({ id: 3, workflowVersion: 99 }))
  await nextOf(client, 'workflow:error', 2)
  const codes = client.frames.filter(({ type }) => type === 'workflow:error').map(({ id, code }) => [id, code])
  expect(codes.toSorted()).toEqual([
    [1, 'INVALID_INPUT'],
    [2, 'INVALID_INPUT'],
    [3, 'WORKFLOW_NOT_FOUND'],
  ])
  client.send(result({ id: 4, status: 'running' }))
  client.send(result({ id: 5, duration: -1 }))
  expect(await nextOf(client, 'error', 1)).toMatchObject({ id: 5, code: 'INVALID_INPUT' })
  const { orm } = http.test.database
  await insertWorkspace(orm, { id: 'w-2', name: 'Second', createdAt: 1 })
  const account = { email: 'stranger@example.org', password: 'another horse' }
  const passwordHash = await hashPassword(account.password)
  await insertUser(orm, { id: 's', email: account.email, name: 'S', passwordHash, isOwner: false, createdAt: 1 })
  await insertMembership(orm, { workspaceId: 'w-2', userId: 's', role: 'owner', createdAt: 1 })
  const signedIn = await http.send('POST', '/api/auth/login', { body: account })
  const stranger = await open(String(signedIn.body['accessToken']))
  stranger.send(result())
  stranger.send(result({ workflowId: 'nowhere' }))
  await nextOf(stranger, 'workflow:error', 1)
  const [foreign, unknown] = stranger.frames.filter(({ type }) => type === 'workflow:error')
  expect(foreign).toMatchObject({ code: 'WORKFLOW_NOT_FOUND' })
  expect({ ...foreign, timestamp: 0 }).toEqual({ ...unknown, timestamp: 0 })
  const key = await http.send('POST', '/api/api-keys', { token, body: { name: 'reader', scopes: ['read'] } })
  const reader = await RawClient.open(url, [], { headers: { 'x-api-key': String(key.body['key']) } })
  reader.send(result())
  expect(await nextOf(reader, 'workflow:error')).toMatchObject({ code: 'FORBIDDEN' })
  for (const one of [client, stranger, reader]) await one.close()
})
