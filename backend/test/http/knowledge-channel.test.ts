import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/repositories/database.ts'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { openSharedWorkspace, type Person, type SharedWorkspace } from '../support/shared-workspace.ts'
import { openTestPostgres, type TestDatabase } from '../support/test-database.ts'
import { waitUntil } from '../support/wait-until.ts'

let server: TestDatabase
/** Where knowledge bases are made, and where they are followed. */
let here: HttpApp
let there: HttpApp
let shared: SharedWorkspace
let member: Person
let ownId: string
let client: RawClient

beforeAll(async () => {
  server = await openTestPostgres()
  const open = () => openHttpApp({}, {}, {}, openPool)
  here = await open()
  there = await open()
  shared = await openSharedWorkspace(here)
  member = await shared.join('editor')
  const made = await here.send('POST', '/api/workspaces', { token: member.token, body: { name: 'Own' } })
  ownId = String(made.body['id'])
  await there.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = there.app.server.address() as AddressInfo
  client = await RawClient.open(`ws://127.0.0.1:${port}/ws`, ['millrace.v1', `bearer.${shared.owner.token}`])
})
afterAll(async () => {
  await client.close()
  await expectQuiet(there.manager)
  await there.close()
  await here.close()
  await server.close()
})

async function openPool(): Promise<TestDatabase> {
  const url = server.url ?? ''
  const database = await openDatabase({ dataDir: '', databaseUrl: url, onFailure: () => undefined })
  return { database, url, dataDir: '', close: () => database.close() }
}

async function makeKnowledgeBase(token: string, workspaceId: string): Promise<string> {
  const headers = { 'x-workspace-id': workspaceId }
  const { status, body } = await here.send('POST', '/api/knowledge-bases', { token, headers, body: { name: 'Books' } })
  expect(status).toBe(201)
  return String(body['id'])
}

let count = 0
async function ask(channel: string, workspaceId?: string) {
  count += 1
  const id = count
  client.send({ type: 'subscribe', id, channel, ...(workspaceId === undefined ? {} : { workspaceId }) })
  await waitUntil(() => client.frames.some((frame) => frame['id'] === id))
  const answer = client.frames.find((frame) => frame['id'] === id)
  const { type, code, message, details } = answer ?? { type: 'none' }
  return type === 'subscribed' ? type : { code, message, details }
}

test('follows a knowledge base that another process has just made', async () => {
  const id = await makeKnowledgeBase(shared.owner.token, shared.id)
  expect(await ask(`kb:${id}`)).toBe('subscribed')
  expect(await ask(`kb:${id}`, shared.id)).toBe('subscribed')
})

test('answers an unknown knowledge base and a foreign one alike', async () => {
  const foreign = await makeKnowledgeBase(member.token, ownId)
  const unknown = await ask('kb:nowhere')
  expect(unknown).toMatchObject({ code: 'CHANNEL_NOT_FOUND' })
  expect(await ask(`kb:${foreign}`)).toEqual(unknown)
  expect(await ask(`kb:${foreign}`, shared.id)).toEqual(unknown)
  expect(await ask(`kb:${foreign}`, ownId)).toEqual(unknown)
})

test('does not look for a knowledge base in another workspace than the one named', async () => {
  const made = await here.send('POST', '/api/workspaces', { token: shared.owner.token, body: { name: 'Second' } })
  const second = String(made.body['id'])
  const id = await makeKnowledgeBase(shared.owner.token, second)
  await waitUntil(() => client.frames.some(({ type }) => type === 'memberships'))
  expect(await ask(`kb:${id}`, second)).toBe('subscribed')
  expect(await ask(`kb:${id}`, shared.id)).toMatchObject({ code: 'CHANNEL_NOT_FOUND' })
})
