import type { AddressInfo } from 'node:net'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setRole } from '../../src/repositories/members.ts'
import { apiKeys, memberships, signIns } from '../../src/repositories/schema/identity.ts'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { openSharedWorkspace, type Person, type SharedWorkspace } from '../support/shared-workspace.ts'
import { waitUntil } from '../support/wait-until.ts'

let http: HttpApp
let shared: SharedWorkspace
let url: string
let workflowId: string

beforeAll(async () => {
  http = await openHttpApp()
  shared = await openSharedWorkspace(http)
  const made = await http.send('POST', '/api/templates/review-desk/workflows', { token: shared.owner.token })
  workflowId = String(made.body['id'])
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  url = `ws://127.0.0.1:${(http.app.server.address() as AddressInfo).port}/ws`
})
afterAll(async () => {
  await expectQuiet(http.manager)
  await http.close()
})

const open = ({ token }: Person) => RawClient.open(url, ['millrace.v1', `bearer.${token}`])
const memberOf = ({ userId }: Person) => and(eq(memberships.workspaceId, shared.id), eq(memberships.userId, userId))

let asked = 0
/** The code that a command is refused with; null: it was not. */
async function codeOf(client: RawClient, message: object): Promise<unknown> {
  asked += 1
  const id = `asked-${asked}`
  client.send({ ...message, id })
  const answer = () => client.frames.find((frame) => frame['id'] === id)
  await waitUntil(() => answer() !== undefined)
  return answer()?.['code'] ?? null
}

const execute = () => ({ type: 'workflow:execute', workflowId, input: { topic: 'Lift repair' } })

test('asks for the role of this moment, which the connection may not have heard of', async () => {
  const member = await shared.join('editor')
  const client = await open(member)
  expect(await codeOf(client, execute())).toBeNull()
  // As another process would: nobody tells this one.
  await setRole(http.test.database.orm, { workspaceId: shared.id, userId: member.userId }, 'viewer')
  expect(await codeOf(client, execute())).toBe('FORBIDDEN')
  await http.test.database.orm.delete(memberships).where(memberOf(member))
  expect(await codeOf(client, execute())).toBe('WORKFLOW_NOT_FOUND')
  await client.close()
})

test('takes no command by a sign-in or a key that is over', async () => {
  const member = await shared.join('editor')
  const made = await http.send('POST', '/api/api-keys', {
    token: member.token,
    body: { name: 'k', scopes: ['run'] },
  })
  const byKey = await RawClient.open(url, [], { headers: { 'x-api-key': String(made.body['key']) } })
  const bySignIn = await open(member)
  const { orm } = http.test.database
  for (const client of [byKey, bySignIn]) expect(await codeOf(client, execute())).toBeNull()
  await orm.update(apiKeys).set({ revokedAt: 1 }).where(eq(apiKeys.userId, member.userId))
  await orm.update(signIns).set({ revokedAt: 1 }).where(eq(signIns.userId, member.userId))
  for (const client of [byKey, bySignIn]) expect(await codeOf(client, execute())).toBe('INVALID_TOKEN')
  for (const client of [byKey, bySignIn]) await client.close()
})

test('takes no command while rights are unknown, and goes on when they are known', async () => {
  const client = await open(shared.owner)
  const answer = { type: 'user:input:response', requestId: 'nothing', response: true }
  http.manager.rights.trustUntil(performance.now() - 1)
  expect(await codeOf(client, execute())).toBe('DATABASE_UNAVAILABLE')
  expect(await codeOf(client, answer)).toBe('DATABASE_UNAVAILABLE')
  http.manager.rights.trustUntil(Number.POSITIVE_INFINITY)
  expect(await codeOf(client, execute())).toBeNull()
  expect(await codeOf(client, answer)).toBe('PROMPT_NOT_FOUND')
  await client.close()
})

test('D09 counts every command of a caller, over all its connections', async () => {
  const slow = await openHttpApp({ requestsPerMinuteMax: 60 })
  const token = (await openSharedWorkspace(slow)).owner.token
  const address = (await slow.app.listen({ port: 0, host: '127.0.0.1' })).replace('http', 'ws')
  const clients = []
  for (let count = 0; count < 3; count += 1) {
    clients.push(await RawClient.open(`${address}/ws`, ['millrace.v1', `bearer.${token}`]))
  }
  const [first, second, third] = clients
  if (first === undefined || second === undefined || third === undefined) throw new Error('unreachable')
  const definition = { version: 1, nodes: [], edges: [] }
  const answer = { type: 'user:input:response', requestId: 'nothing', response: true }
  const codes = await Promise.all([
    codeOf(first, { type: 'workflow:validate', definition }),
    codeOf(second, answer),
    codeOf(third, answer),
    codeOf(first, answer),
  ])
  expect(codes.filter((code) => code === 'RATE_LIMITED').length).toBeGreaterThanOrEqual(1)
  for (const client of clients) await client.close()
  await slow.close()
})
