import type { Role } from '@millrace/shared/api/auth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { membershipLimits } from '../../src/policies/membership-limits.ts'
import { insertUser } from '../../src/repositories/users.ts'
import { insertMembership, insertWorkspace } from '../../src/repositories/workspaces.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { openSharedWorkspace, type Person, type SharedWorkspace } from '../support/shared-workspace.ts'

let http: HttpApp
let shared: SharedWorkspace
let people: Record<Role, Person>
let outsider: Person

beforeAll(async () => {
  http = await openHttpApp()
  shared = await openSharedWorkspace(http)
  people = {
    owner: shared.owner,
    editor: await shared.join('editor'),
    operator: await shared.join('operator'),
    viewer: await shared.join('viewer'),
  }
  outsider = await shared.join('viewer')
  await leave(outsider)
})
afterAll(() => http.close())

const membersUrl = (id = shared.id) => `/api/workspaces/${id}/members`
const memberUrl = (userId: string, id = shared.id) => `${membersUrl(id)}/${userId}`
const leave = ({ userId, token }: Person) => http.send('DELETE', memberUrl(userId), { token })

async function rolesOf(token: string, id = shared.id): Promise<Record<string, Role>> {
  const { body } = await http.send('GET', membersUrl(id), { token })
  return Object.fromEntries(
    (body['items'] as { userId: string; role: Role }[]).map(({ userId, role }) => [userId, role]),
  )
}

async function makeWorkspace(token: string, name = 'Second'): Promise<string> {
  const { status, body } = await http.send('POST', '/api/workspaces', { token, body: { name } })
  expect(status).toBe(201)
  return String(body['id'])
}

/** What each role is answered. `anyone`: belongs to no workspace of these. */
const everybody = { owner: 200, editor: 200, operator: 200, viewer: 200, anyone: 404 }
const ownersOnly = (status: number) => ({ owner: status, editor: 403, operator: 403, viewer: 403, anyone: 404 })
const sharers = (status: number) => ({ owner: status, editor: status, operator: 403, viewer: 403, anyone: 404 })
const table: [string, string, (ids: Ids) => string, object | undefined, Record<Role | 'anyone', number>][] = [
  ['see members', 'GET', ({ workspace }) => `/api/workspaces/${workspace}/members`, undefined, everybody],
  ['rename', 'PATCH', ({ workspace }) => `/api/workspaces/${workspace}`, { name: 'Mill' }, ownersOnly(200)],
  [
    'change a role',
    'PATCH',
    ({ workspace }) => `/api/workspaces/${workspace}/members/nobody`,
    { role: 'viewer' },
    ownersOnly(404),
  ],
  ['remove', 'DELETE', ({ workspace }) => `/api/workspaces/${workspace}/members/nobody`, undefined, ownersOnly(404)],
  ['see invitations', 'GET', ({ workspace }) => `/api/workspaces/${workspace}/invitations`, undefined, ownersOnly(200)],
  [
    'invite',
    'POST',
    ({ workspace }) => `/api/workspaces/${workspace}/invitations`,
    { role: 'viewer' },
    ownersOnly(201),
  ],
  [
    'revoke an invitation',
    'DELETE',
    ({ workspace }) => `/api/workspaces/${workspace}/invitations/none`,
    undefined,
    ownersOnly(404),
  ],
  ['see links', 'GET', ({ execution }) => `/api/executions/${execution}/share-links`, undefined, sharers(200)],
  ['share', 'POST', ({ execution }) => `/api/executions/${execution}/share-links`, {}, sharers(201)],
  ['revoke a link', 'DELETE', () => '/api/share-links/none', undefined, sharers(404)],
]
interface Ids {
  workspace: string
  execution: string
}

test.each(table)('lets each role %s or not', async (...row) => {
  const [, method, address, body, expected] = row
  const url = address({ workspace: shared.id, execution: await shared.startExecution() })
  const seen: Record<string, number> = {}
  for (const [name, { token }] of Object.entries({ ...people, anyone: outsider })) {
    const reply = await http.send(method as 'GET', url, { token, ...(body === undefined ? {} : { body }) })
    seen[name] = reply.status
  }
  expect(seen).toEqual(expected)
})

test('does none of it for an API key, whoever made it', async () => {
  const body = { name: 'all', scopes: ['read', 'write', 'run', 'answer'] }
  const made = await http.send('POST', '/api/api-keys', { token: shared.owner.token, body })
  const headers = { 'x-api-key': String(made.body['key']) }
  const execution = await shared.startExecution()
  for (const [name, method, address, sent] of table) {
    const url = address({ workspace: shared.id, execution })
    const reply = await http.send(method as 'GET', url, { headers, ...(sent === undefined ? {} : { body: sent }) })
    expect([name, reply.status, reply.body['code']]).toEqual([name, 403, 'FORBIDDEN'])
  }
  const workspace = await http.send('POST', '/api/workspaces', { headers, body: { name: 'By key' } })
  expect(workspace.status).toBe(403)
})

test('answers a workspace that is not there and one of others alike', async () => {
  const asked = async (id: string) => {
    const { status, body } = await http.send('GET', membersUrl(id), { token: outsider.token })
    const { requestId: _, ...told } = body
    return [status, told]
  }
  expect(await asked(shared.id)).toEqual(await asked('none'))
  expect((await asked('none'))[1]).toMatchObject({ code: 'WORKSPACE_NOT_FOUND' })
})

test('makes a workspace once under one key, owned by its maker, and lists it after the first', async () => {
  const { token, userId } = people.editor
  const send = () =>
    http.send('POST', '/api/workspaces', { token, body: { name: 'Side' }, headers: { 'idempotency-key': 'side' } })
  const [made, again] = [await send(), await send()]
  expect([made.status, again.status, again.body['id']]).toEqual([201, 201, made.body['id']])
  expect(made.body).toMatchObject({ name: 'Side', role: 'owner', memberCount: 1 })
  expect(await rolesOf(token, String(made.body['id']))).toEqual({ [userId]: 'owner' })
  const { body } = await http.send('GET', '/api/workspaces', { token })
  expect(body['items']).toMatchObject([
    { id: shared.id, role: 'editor', memberCount: 4 },
    { id: made.body['id'], role: 'owner', memberCount: 1 },
  ])
  const me = await http.send('GET', '/api/me', { token })
  expect((me.body['workspaces'] as { id: string }[]).map(({ id }) => id)).toEqual([shared.id, made.body['id']])
})

test('lets who belongs to no workspace make one', async () => {
  const id = await makeWorkspace(outsider.token, 'Fresh start')
  expect(await rolesOf(outsider.token, id)).toEqual({ [outsider.userId]: 'owner' })
  // An owner of a workspace is not the one who runs the installation.
  expect((await http.send('GET', '/api/ws/stats', { token: outsider.token })).status).toBe(403)
})

test('changes a role at once, for the next request already', async () => {
  const member = await shared.join('viewer')
  const change = (role: Role) =>
    http.send('PATCH', memberUrl(member.userId), { token: shared.owner.token, body: { role } })
  const edit = () => http.send('POST', '/api/knowledge-bases', { token: member.token, body: { name: 'K' } })
  expect((await edit()).status).toBe(403)
  expect((await change('editor')).body).toMatchObject({ userId: member.userId, role: 'editor' })
  expect((await edit()).status).toBe(201)
  await change('viewer')
  expect((await edit()).status).toBe(403)
})

test('keeps the last owner', async () => {
  const { token, userId } = shared.owner
  const demoted = await http.send('PATCH', memberUrl(userId), { token, body: { role: 'editor' } })
  const left = await leave(shared.owner)
  expect([demoted.status, demoted.body['code']]).toEqual([409, 'LAST_OWNER'])
  expect([left.status, left.body['code']]).toEqual([409, 'LAST_OWNER'])
  expect((await rolesOf(token))[userId]).toBe('owner')
})

test('ends keys, invitations and links of who is shown out, and does not give the keys back', async () => {
  const member = await shared.join('owner')
  const key = await http.send('POST', '/api/api-keys', { token: member.token, body: { name: 'k' } })
  const backIn = await http.send('POST', `/api/workspaces/${shared.id}/invitations`, {
    token: member.token,
    body: { role: 'owner' },
  })
  const executionId = await shared.startExecution()
  const link = await http.send('POST', `/api/executions/${executionId}/share-links`, { token: member.token, body: {} })
  await http.send('DELETE', memberUrl(member.userId), { token: shared.owner.token })

  const headers = { 'x-api-key': String(key.body['key']) }
  expect((await http.send('GET', '/api/workflows', { headers })).status).toBe(401)
  const accepted = await http.send('POST', '/api/invitations/accept', {
    token: member.token,
    body: { token: backIn.body['token'] },
  })
  expect([accepted.status, accepted.body['code']]).toEqual([404, 'INVITATION_NOT_FOUND'])
  const opened = await http.send('POST', '/api/share-links/open', { body: { token: link.body['token'] } })
  expect([opened.status, opened.body['code']]).toEqual([404, 'SHARE_LINK_NOT_FOUND'])

  const { token } = await shared.invite('editor')
  const again = await http.send('POST', '/api/invitations/accept', { token: member.token, body: { token } })
  expect(again.body).toEqual({ workspaceId: shared.id, role: 'editor' })
  expect((await http.send('GET', '/api/workflows', { headers })).status).toBe(401)
})

test('ends links and invitations of who may not make such any more', async () => {
  const member = await shared.join('owner')
  const executionId = await shared.startExecution()
  const link = await http.send('POST', `/api/executions/${executionId}/share-links`, { token: member.token, body: {} })
  const change = (role: Role) =>
    http.send('PATCH', memberUrl(member.userId), { token: shared.owner.token, body: { role } })
  const open = () => http.send('POST', '/api/share-links/open', { body: { token: link.body['token'] } })
  await change('editor')
  expect((await open()).status).toBe(200)
  await change('operator')
  expect((await open()).status).toBe(404)
})

test('bounds the workspaces of a person and the members of a workspace', async () => {
  const { orm } = http.test.database
  const busy = await shared.join('viewer')
  const { workspacesPerUserMax, membersPerWorkspaceMax } = membershipLimits
  for (let index = 1; index < workspacesPerUserMax; index += 1) {
    const workspaceId = `busy-${index}`
    await insertWorkspace(orm, { id: workspaceId, name: 'Busy', createdAt: index })
    await insertMembership(orm, { workspaceId, userId: busy.userId, role: 'viewer', createdAt: Date.now() + index })
  }
  const more = await http.send('POST', '/api/workspaces', { token: busy.token, body: { name: 'More' } })
  expect([more.status, more.body['code']]).toEqual([409, 'LIMIT_REACHED'])

  const id = await makeWorkspace(shared.owner.token, 'Full')
  for (let index = 1; index < membersPerWorkspaceMax; index += 1) {
    const user = {
      id: `full-${index}`,
      email: `full-${index}@example.org`,
      name: 'F',
      passwordHash: '',
      isOwner: false,
    }
    await insertUser(orm, { ...user, createdAt: index })
    await insertMembership(orm, { workspaceId: id, userId: user.id, role: 'viewer', createdAt: index })
  }
  const { token } = await shared.invite('viewer', id)
  const refused = await http.send('POST', '/api/invitations/accept', { token: people.viewer.token, body: { token } })
  expect([refused.status, refused.body['code']]).toEqual([409, 'LIMIT_REACHED'])
})
