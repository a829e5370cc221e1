import type { Role } from '@millrace/shared/api/auth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/repositories/database.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { newAccount, openSharedWorkspace, type Person, type SharedWorkspace } from '../support/shared-workspace.ts'
import { openTestPostgres, type TestDatabase } from '../support/test-database.ts'

/** Often enough that two transactions do meet. */
const rounds = 8

let server: TestDatabase
/** Two processes over one Postgres: only there do transactions run at the same time. */
let one: HttpApp
let other: HttpApp
let shared: SharedWorkspace
let second: Person

beforeAll(async () => {
  server = await openTestPostgres()
  const url = server.url ?? ''
  const open = () =>
    openHttpApp({}, {}, {}, async () => {
      const database = await openDatabase({ dataDir: '', databaseUrl: url, onFailure: () => undefined })
      return { database, url, dataDir: '', close: () => database.close() }
    })
  one = await open()
  other = await open()
  shared = await openSharedWorkspace(one)
  second = await shared.join('viewer')
})
afterAll(async () => {
  await other.close()
  await one.close()
  await server.close()
})

/** A new workspace with two owners. */
async function jointWorkspace(): Promise<string> {
  const { body } = await one.send('POST', '/api/workspaces', { token: shared.owner.token, body: { name: 'Joint' } })
  const id = String(body['id'])
  const { token } = await shared.invite('owner', id)
  await one.send('POST', '/api/invitations/accept', { token: second.token, body: { token } })
  return id
}

const memberUrl = (workspaceId: string, { userId }: Person) => `/api/workspaces/${workspaceId}/members/${userId}`

async function ownersOf(workspaceId: string): Promise<number> {
  for (const { token } of [shared.owner, second]) {
    const { status, body } = await one.send('GET', `/api/workspaces/${workspaceId}/members`, { token })
    if (status === 200) return (body['items'] as { role: Role }[]).filter(({ role }) => role === 'owner').length
  }
  return 0
}

test('keeps one owner when two demote each other at the same moment', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const id = await jointWorkspace()
    const demote = (app: HttpApp, by: Person, whom: Person) =>
      app.send('PATCH', memberUrl(id, whom), { token: by.token, body: { role: 'viewer' } })
    const replies = await Promise.all([demote(one, shared.owner, second), demote(other, second, shared.owner)])
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 403])
    expect(await ownersOf(id)).toBe(1)
  }
})

test('keeps one owner when both leave at the same moment', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const id = await jointWorkspace()
    const leave = (app: HttpApp, who: Person) => app.send('DELETE', memberUrl(id, who), { token: who.token })
    const replies = await Promise.all([leave(one, shared.owner), leave(other, second)])
    expect(replies.map(({ status }) => status).toSorted()).toEqual([204, 409])
    expect(await ownersOf(id)).toBe(1)
  }
})

test('lets one in by an invitation that several use at the same moment', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const { body } = await one.send('POST', '/api/workspaces', { token: shared.owner.token, body: { name: 'Door' } })
    const id = String(body['id'])
    const { token } = await shared.invite('viewer', id)
    const accept = (app: HttpApp, sent: object, by?: Person) =>
      app.send('POST', '/api/invitations/accept', { body: { token, ...sent }, ...(by ? { token: by.token } : {}) })
    const replies = await Promise.all([
      accept(one, {}, second),
      accept(other, {}, second),
      accept(one, { account: newAccount('One') }),
      accept(other, { account: newAccount('Two') }),
    ])
    const lost = replies.filter(({ status }) => status === 404)
    expect(lost.map((reply) => reply.body['code'])).toEqual(Array(3).fill('INVITATION_NOT_FOUND'))
    const members = await one.send('GET', `/api/workspaces/${id}/members`, { token: shared.owner.token })
    expect(members.body['items']).toHaveLength(2)
    await one.send('DELETE', memberUrl(id, second), { token: shared.owner.token })
  }
})

test('leaves no door open to who is shown out while making one', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const id = await jointWorkspace()
    const url = `/api/workspaces/${id}/invitations`
    const [, made] = await Promise.all([
      one.send('DELETE', memberUrl(id, second), { token: shared.owner.token }),
      other.send('POST', url, { token: second.token, body: { role: 'owner' } }),
    ])
    expect([201, 403, 404]).toContain(made.status)
    const open = await one.send('GET', url, { token: shared.owner.token })
    expect(open.body['items']).toEqual([])
  }
})

test('holds the bound of open links for two processes together', async () => {
  const executionId = await shared.startExecution()
  const make = (app: HttpApp) =>
    app.send('POST', `/api/executions/${executionId}/share-links`, { token: shared.owner.token, body: {} })
  const replies = await Promise.all(Array.from({ length: 24 }, (_, index) => make(index % 2 === 0 ? one : other)))
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(20)
})
