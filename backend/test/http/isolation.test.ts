import { eventId } from '@millrace/shared/events/event-id'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashPassword } from '../../src/auth/password-hash.ts'
import { createOutputRepository } from '../../src/repositories/outputs.ts'
import { insertUser } from '../../src/repositories/users.ts'
import { insertMembership, insertWorkspace } from '../../src/repositories/workspaces.ts'
import { documentedRoutes } from '../support/documented-routes.ts'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'

/** Stands in everything that the first workspace has; the second must never see it. */
const canary = 'CANARY-7f3a'
const stranger = { email: 'stranger@example.org', password: 'another horse' }

let http: HttpApp
let ownerToken: string
let strangerToken: string
/** Ids of things of the first workspace, by the name of the path parameter and the collection before it. */
const ids: Record<string, string> = {}

beforeAll(async () => {
  http = await openHttpApp()
  ownerToken = await setUpOwner(http)
  await addStranger()
  await fillWorkspace()
})
afterAll(() => http.close())

async function addStranger(): Promise<void> {
  const { orm } = http.test.database
  const passwordHash = await hashPassword(stranger.password)
  const createdAt = Date.now()
  await insertUser(orm, { id: 'u-2', email: stranger.email, name: 'S', passwordHash, isOwner: false, createdAt })
  await insertWorkspace(orm, { id: 'w-2', name: 'Second', createdAt })
  await insertMembership(orm, { workspaceId: 'w-2', userId: 'u-2', role: 'owner', createdAt })
  const { body } = await http.send('POST', '/api/auth/login', { body: stranger })
  strangerToken = String(body['accessToken'])
}

async function fillWorkspace(): Promise<void> {
  const post = async (url: string, body: object) => {
    const reply = await http.send('POST', url, { token: ownerToken, body })
    expect([url, reply.status]).toEqual([url, expect.toSatisfy((status: number) => status < 300)])
    return reply.body as Record<string, unknown>
  }
  const me = await http.send('GET', '/api/me', { token: ownerToken })
  const { user, workspaces } = me.body as unknown as { user: { id: string }; workspaces: { id: string }[] }
  const owner = { userId: user.id, workspaceId: workspaces[0]?.id ?? '' }
  ids['workspaces'] = owner.workspaceId
  ids['members'] = user.id
  await http.send('PATCH', `/api/workspaces/${owner.workspaceId}`, { token: ownerToken, body: { name: canary } })
  ids['invitations'] = String(
    (await post(`/api/workspaces/${owner.workspaceId}/invitations`, { role: 'viewer' }))['id'],
  )

  ids['workflows'] = String((await post('/api/templates/review-desk/workflows', { name: canary }))['id'])
  const started = await post(`/api/workflows/${ids['workflows']}/executions`, { input: { topic: canary } })
  const executionId = String(started['executionId'])
  ids['executions'] = executionId
  ids['share-links'] = String((await post(`/api/executions/${executionId}/share-links`, {}))['id'])
  const nodePath = 'redo[1]/approve'
  ids['prompts'] = `${executionId}:${nodePath}`
  await http.emitter.emit(owner, [
    {
      type: 'user:input:required',
      eventId: eventId({ nodePath, type: 'user:input:required' }),
      timestamp: 1,
      executionId,
      nodeId: 'approve',
      nodePath,
      iteration: 1,
      requestId: ids['prompts'],
      nodeName: canary,
      workflowName: canary,
      prompt: canary,
      inputType: 'choice',
      validation: {},
    },
  ])
  ids['outputs'] = (await createOutputRepository(http.test.database).put(owner, executionId, canary)).ref
  ids['credentials'] = String(
    (await post('/api/credentials', { name: canary, provider: 'anthropic', apiKey: `key-${canary}` }))['id'],
  )
  ids['api-keys'] = String((await post('/api/api-keys', { name: canary }))['id'])
  ids['knowledge-bases'] = String((await post('/api/knowledge-bases', { name: canary }))['id'])
  ids['documents'] = 'any'
  const hook = { url: `https://${canary}.example.org`, eventTypes: ['execution:created'] }
  ids['hooks'] = String((await post('/api/hooks', hook))['id'])
  ids['deliveries'] = '1'
}

/** A route's address with ids of the first workspace in it. */
function addressOf(path: string): string {
  return path.replace(/\/([\w-]+)\/\{(\w+)\}/g, (_whole, collection: string) => {
    const id = collection === 'templates' ? 'review-desk' : ids[collection]
    if (id === undefined) throw new Error(`${path}: the test has nothing of ${collection}`)
    return `/${collection}/${encodeURIComponent(id)}`
  })
}

/** The same for everybody. */
const shared = [/^\/api\/(health|node-types|templates|auth|docs)/, /^\/(live|ready)/]

test('shows a stranger nothing of another workspace, by any reading route', async () => {
  const routes = documentedRoutes(http.app).filter(({ method }) => method === 'GET')
  expect(routes.length).toBeGreaterThan(12)
  for (const { path } of routes) {
    const url = addressOf(path)
    const theirs = await http.send('GET', url, { token: strangerToken })
    expect([path, JSON.stringify(theirs.body)]).not.toEqual([path, expect.stringContaining(canary)])
    if (path.includes('{') && !shared.some((one) => one.test(path))) expect([path, theirs.status]).toEqual([path, 404])
  }
})

/** Who may read it gets an answer that does not end; delivery's own tests read it. */
const endless = '/api/executions/{id}/stream'

test('shows the owner the same things, so that the routes do find them', async () => {
  const seen: string[] = []
  for (const { method, path } of documentedRoutes(http.app)) {
    if (method !== 'GET' || path === endless || shared.some((one) => one.test(path))) continue
    const { body } = await http.send('GET', addressOf(path), { token: ownerToken })
    if (JSON.stringify(body).includes(canary)) seen.push(path)
  }
  expect(seen).toEqual(
    expect.arrayContaining([
      '/api/workflows',
      '/api/workflows/{id}',
      '/api/executions',
      '/api/executions/{id}',
      '/api/executions/{id}/events',
      '/api/executions/{id}/events-stream',
      '/api/executions/{id}/outputs/{ref}',
      '/api/prompts',
      '/api/prompts/{requestId}',
      '/api/credentials',
      '/api/api-keys',
      '/api/knowledge-bases',
      '/api/knowledge-bases/{id}',
      '/api/me',
      '/api/workspaces',
      '/api/hooks',
      '/api/hooks/{id}',
    ]),
  )
})

test('lets a stranger change nothing of another workspace, and answers as if it were not there', async () => {
  const bodies: Record<string, object> = {
    '/api/workflows/{id}': { name: 'Mine now', version: 1 },
    '/api/workspaces/{id}': { name: 'Mine now' },
    '/api/workspaces/{id}/invitations': { role: 'owner' },
    '/api/workspaces/{id}/members/{userId}': { role: 'viewer' },
    '/api/hooks/{id}': { isActive: false },
    '/api/prompts/{requestId}/response': { response: 'approve' },
    '/api/knowledge-bases/{id}/search': { query: 'anything' },
    '/api/knowledge-bases/{id}/documents/{documentId}': {},
    '/api/knowledge-bases/{id}/documents/{documentId}/retry': {},
  }
  const writing = documentedRoutes(http.app).filter(
    ({ method, path }) => method !== 'GET' && path.includes('{') && !shared.some((one) => one.test(path)),
  )
  for (const { method, path } of writing) {
    const url = addressOf(path)
    const request = path.endsWith('/documents') ? multipart() : { body: bodies[path] ?? {} }
    const reply = await http.send(method, url, { token: strangerToken, ...request })
    expect([method, path, reply.status]).toEqual([method, path, 404])
  }
  const { body } = await http.send('GET', `/api/workflows/${ids['workflows']}`, { token: ownerToken })
  expect(body['name']).toBe(canary)
})

test('does not take a workspace that is not the caller’s, and of several the one joined first', async () => {
  const named = (workspaceId: string) =>
    http.send('GET', '/api/workflows', { token: strangerToken, headers: { 'x-workspace-id': workspaceId } })
  expect((await named(ids['workspaces'] ?? '')).status).toBe(404)
  expect((await named('w-2')).status).toBe(200)
  const { orm } = http.test.database
  await insertMembership(orm, { workspaceId: ids['workspaces'] ?? '', userId: 'u-2', role: 'viewer', createdAt: 9e12 })
  const unnamed = await http.send('GET', '/api/workflows', { token: strangerToken })
  expect([unnamed.status, JSON.stringify(unnamed.body)]).not.toEqual([200, expect.stringContaining(canary)])
  const first = await named(ids['workspaces'] ?? '')
  expect([first.status, JSON.stringify(first.body)]).toEqual([200, expect.stringContaining(canary)])
})

function multipart() {
  const boundary = 'part'
  const lines = [
    `--${boundary}`,
    'content-disposition: form-data; name="files"; filename="a.txt"',
    '',
    'text',
    `--${boundary}--`,
    '',
  ]
  return {
    body: Buffer.from(lines.join('\r\n')),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  }
}
