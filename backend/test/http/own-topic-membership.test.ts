import type { AddressInfo } from 'node:net'
import { eventId } from '@millrace/shared/events/event-id'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { openSharedWorkspace, type Person, type SharedWorkspace } from '../support/shared-workspace.ts'
import { waitUntil } from '../support/wait-until.ts'

let http: HttpApp
let shared: SharedWorkspace
let member: Person
let ownId: string
let client: RawClient

beforeAll(async () => {
  http = await openHttpApp()
  shared = await openSharedWorkspace(http)
  member = await shared.join('editor')
  const made = await http.send('POST', '/api/workspaces', { token: member.token, body: { name: 'Own' } })
  ownId = String(made.body['id'])
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = http.app.server.address() as AddressInfo
  client = await RawClient.open(`ws://127.0.0.1:${port}/ws`, ['millrace.v1', `bearer.${member.token}`])
})
afterAll(async () => {
  await client.close()
  await expectQuiet(http.manager)
  await http.close()
})

/** Progress of a document that the member uploaded, and a notice to them. */
async function tell(workspaceId: string, name: string): Promise<void> {
  const owner = { workspaceId, userId: member.userId }
  const place = { knowledgeBaseId: workspaceId, documentId: name, documentName: name }
  const progress = { stage: 'embedding' as const, completed: 1, total: 2, percentage: 50 }
  const idOf = (type: 'kb:document:processing' | 'notification') => eventId({ nodePath: null, type, ordinal: name })
  const notice = { level: 'info' as const, category: 'announcement' as const, title: name, message: '' }
  await http.emitter.emit(owner, [
    {
      type: 'kb:document:processing',
      eventId: idOf('kb:document:processing'),
      timestamp: Date.now(),
      ...place,
      ...progress,
    },
    { type: 'notification', eventId: idOf('notification'), timestamp: Date.now(), ...notice },
  ])
}

const heard = () => client.frames.filter(({ topic }) => topic === `user:${member.userId}`)
const titles = async () => {
  const { body } = await http.send('GET', '/api/notifications', { token: member.token })
  return (body['items'] as { title: string }[]).map(({ title }) => title)
}

test('tells a person nothing of a workspace they left, neither live nor in the list, and goes on with their others', async () => {
  await tell(shared.id, 'while there')
  await tell(ownId, 'at home')
  await waitUntil(() => heard().length === 4)
  expect(heard().map(({ workspaceId }) => workspaceId)).toEqual([shared.id, shared.id, ownId, ownId])
  expect(await titles()).toEqual(['at home', 'while there'])

  const removed = await http.send('DELETE', `/api/workspaces/${shared.id}/members/${member.userId}`, {
    token: shared.owner.token,
  })
  expect(removed.status).toBe(204)
  expect(await titles()).toEqual(['at home'])
  await tell(shared.id, 'canary')
  await tell(ownId, 'still at home')
  await waitUntil(() => heard().some(({ title }) => title === 'still at home'))
  expect(JSON.stringify(client.frames)).not.toContain('canary')
  expect(heard().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 7, 8])
  expect(await titles()).toEqual(['still at home', 'at home'])
})

test('lists no notice that does not say where it comes from', async () => {
  const without = sql`payload = (payload::jsonb - 'workspaceId')::text`
  await http.test.database.orm.execute(
    sql`update events set ${without} where topic = ${`user:${member.userId}`} and payload like '%still at home%'`,
  )
  expect(await titles()).toEqual(['at home'])
})
