import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { documentedRoutes } from '../support/documented-routes.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'

let http: HttpApp

beforeAll(async () => {
  http = await openHttpApp()
  await http.app.ready()
})
afterAll(() => http.close())

/** The contract with other programs: these may gain siblings and never go. */
const promised = `
GET /api/health
GET /api/auth/state
POST /api/auth/setup
POST /api/auth/login
POST /api/auth/refresh
POST /api/auth/logout
GET /api/me
GET /api/api-keys
POST /api/api-keys
DELETE /api/api-keys/{id}
GET /api/node-types
GET /api/templates
GET /api/templates/{id}
POST /api/templates/{id}/workflows
GET /api/workflows
POST /api/workflows
GET /api/workflows/{id}
PUT /api/workflows/{id}
DELETE /api/workflows/{id}
POST /api/workflows/validate
POST /api/workflows/{id}/executions
GET /api/executions
GET /api/executions/{id}
GET /api/executions/{id}/events
POST /api/executions/{id}/cancel
GET /api/prompts
GET /api/prompts/{requestId}
POST /api/prompts/{requestId}/response
POST /api/prompts/{requestId}/links
POST /api/prompt-links/open
POST /api/prompt-links/answer
GET /api/knowledge-bases
POST /api/knowledge-bases
GET /api/knowledge-bases/{id}
DELETE /api/knowledge-bases/{id}
GET /api/knowledge-bases/{id}/documents
POST /api/knowledge-bases/{id}/documents
DELETE /api/knowledge-bases/{id}/documents/{documentId}
POST /api/knowledge-bases/{id}/search
GET /api/credentials
POST /api/credentials
DELETE /api/credentials/{id}
GET /api/workspaces
POST /api/workspaces
PATCH /api/workspaces/{id}
GET /api/workspaces/{id}/members
PATCH /api/workspaces/{id}/members/{userId}
DELETE /api/workspaces/{id}/members/{userId}
GET /api/workspaces/{id}/invitations
POST /api/workspaces/{id}/invitations
DELETE /api/workspaces/{id}/invitations/{invitationId}
POST /api/invitations/look-up
POST /api/invitations/accept
GET /api/executions/{id}/share-links
POST /api/executions/{id}/share-links
DELETE /api/share-links/{id}
POST /api/share-links/open`
  .trim()
  .split('\n')

test('documents every route that was promised', () => {
  const documented = documentedRoutes(http.app).map(({ method, path }) => `${method} ${path}`)
  expect(documented).toEqual(expect.arrayContaining(promised))
})

/** Every route there is, as `GET /api/workflows/{id}`, read from the tree that the router prints. */
function registeredRoutes(): string[] {
  const routes: string[] = []
  const above: string[] = []
  for (const line of http.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', segment = '', methods] = /^([│├└─\s]*)(\S*)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? []
    const depth = Math.max(0, indent.length / 4 - 1)
    above.splice(depth, above.length, segment)
    const path = above.join('').replace(/:(\w+)/g, '{$1}')
    for (const method of methods?.split(', ') ?? []) if (method !== 'HEAD') routes.push(`${method} ${path}`)
  }
  return routes
}

test('documents every route there is', () => {
  const documented = documentedRoutes(http.app).map(({ method, path }) => `${method} ${path}`)
  // The socket has a document of its own, docs/protocol.md.
  const elsewhere = /^OPTIONS | \/api\/docs| \/ws$| \/ws\/executions\//
  const ofTheApi = registeredRoutes().filter((route) => !elsewhere.test(route))
  expect(ofTheApi.toSorted()).toEqual(documented.toSorted())
})

interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: object }> }>
  requestBody?: { content: Record<string, { schema: object }> }
  parameters?: { name: string; in: string }[]
  security?: unknown[]
}

test('is a document that programs can read: 3.1, with bodies, parameters, answers and errors', async () => {
  const { status, body } = await http.send('GET', '/api/docs/json')
  expect(status).toBe(200)
  const document = body as unknown as { openapi: string; paths: Record<string, Record<string, Operation>> }
  expect(document.openapi).toBe('3.1.0')
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const place = `${method} ${path}`
      expect([place, operation.responses['default']]).toEqual([place, expect.any(Object)])
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const inPath = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name)
      expect([place, inPath.toSorted()]).toEqual([place, named.toSorted()])
    }
  }
  // Every reference leads somewhere.
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, pointer = '']) => pointer)
  for (const pointer of new Set(references)) {
    const target = pointer
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
    expect([pointer, target]).toEqual([pointer, expect.any(Object)])
  }
  expect(document.paths['/api/auth/login']?.['post']).toMatchObject({
    security: [],
    requestBody: { content: { 'application/json': { schema: { required: ['email', 'password'] } } } },
  })
  expect(JSON.stringify(document.paths['/api/workflows/{id}/executions'])).toContain('Idempotency-Key')
})

test('shows the document as a page', async () => {
  const reply = await http.app.inject({ url: '/api/docs' })
  expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, expect.stringContaining('text/html')])
})

test('has a test for every route', async () => {
  const folder = join(import.meta.dirname, '..')
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const own = join('http', 'api-document.test.ts')
  const texts = await Promise.all(
    names.filter((name) => name !== own).map((name) => readFile(join(folder, name), 'utf8')),
  )
  const all = texts.join('\n')
  const untested = documentedRoutes(http.app).filter(({ path }) => !isNamed(path, all))
  expect(untested).toEqual([])
})

/** Whether a test spells the address, whole or from a segment on that follows a variable: `${base}/documents`. */
function isNamed(path: string, text: string): boolean {
  const pattern = (part: string) => part.replace(/\{\w+\}/g, "(?:[^/'`?\\s]|\\$\\{[^}]+\\})+")
  const tails = [...path.matchAll(/\}(?=\/[a-z])/g)].map(({ index }) => `\\}${pattern(path.slice(index + 1))}`)
  return [pattern(path), ...tails].some((one) => new RegExp(`${one}['\`?]`).test(text))
}
