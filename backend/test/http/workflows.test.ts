import { nodeDefinitions } from '@millrace/shared/nodes/registry'
import { templates } from '@millrace/shared/templates/index'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'

let http: HttpApp
let token: string

beforeAll(async () => {
  http = await openHttpApp()
  token = await setUpOwner(http)
})
afterAll(() => http.close())

const definition = {
  format: 'millrace.workflow',
  formatVersion: 1,
  nodes: [
    { id: 'start', type: 'start', name: 'Start', position: { x: 0, y: 0 }, config: { fields: [] } },
    {
      id: 'result',
      type: 'output',
      name: 'Result',
      position: { x: 1, y: 0 },
      config: { fields: [{ name: 'answer', kind: 'template', value: 'fixed' }] },
    },
  ],
  edges: [{ id: 'e1', source: 'start', sourcePort: 'out', target: 'result' }],
}

async function create(name: string): Promise<{ id: string; version: number }> {
  const { status, body } = await http.send('POST', '/api/workflows', { token, body: { name, definition } })
  expect(status).toBe(201)
  return body as unknown as { id: string; version: number }
}

test('stores a drawing and gives the same back', async () => {
  const { id } = await create('Round trip')
  const { status, body } = await http.send('GET', `/api/workflows/${id}`, { token })
  expect(status).toBe(200)
  expect(body).toMatchObject({ id, name: 'Round trip', version: 1, definition, problems: [] })
})

test('takes a new workflow without a drawing, and says what it lacks', async () => {
  const { status, body } = await http.send('POST', '/api/workflows', { token, body: { name: 'Empty' } })
  expect(status).toBe(201)
  expect(body['problems']).toMatchObject([{ code: 'NO_START' }, { code: 'NO_OUTPUT' }])
})

test('names the field that is wrong', async () => {
  const body = { name: 'Bad', definition: { ...definition, nodes: [{ id: '1 2', type: 'start', name: 'x' }] } }
  const reply = await http.send('POST', '/api/workflows', { token, body })
  expect(reply.status).toBe(400)
  expect(reply.body).toMatchObject({
    code: 'INVALID_INPUT',
    details: { in: 'body', issues: [{ path: 'definition.nodes.0.id' }] },
  })
})

test('saves a new version, and refuses a change that began from an old one', async () => {
  const { id } = await create('Versions')
  const saved = await http.send('PUT', `/api/workflows/${id}`, { token, body: { name: 'Renamed', version: 1 } })
  expect(saved.body).toMatchObject({ name: 'Renamed', version: 2, definition })
  const stale = await http.send('PUT', `/api/workflows/${id}`, { token, body: { name: 'Late', version: 1 } })
  expect(stale.status).toBe(409)
  expect(stale.body).toMatchObject({ code: 'VERSION_CONFLICT', details: { version: 2 } })
})

test('lets one of two savers win', async () => {
  const { id } = await create('Race')
  const saves = await Promise.all(
    ['a', 'b', 'c'].map((name) => http.send('PUT', `/api/workflows/${id}`, { token, body: { name, version: 1 } })),
  )
  expect(saves.map(({ status }) => status).toSorted()).toEqual([200, 409, 409])
})

test('takes a deleted workflow out of sight', async () => {
  const { id } = await create('Short-lived')
  expect((await http.send('DELETE', `/api/workflows/${id}`, { token })).status).toBe(204)
  expect((await http.send('GET', `/api/workflows/${id}`, { token })).status).toBe(404)
  expect((await http.send('DELETE', `/api/workflows/${id}`, { token })).status).toBe(404)
  const put = await http.send('PUT', `/api/workflows/${id}`, { token, body: { name: 'x', version: 1 } })
  expect(put.body['code']).toBe('WORKFLOW_NOT_FOUND')
  const { body } = await http.send('GET', '/api/workflows?limit=200', { token })
  expect(JSON.stringify(body)).not.toContain(id)
})

test('pages through the list without losing or repeating one, and searches it', async () => {
  for (const number of [1, 2, 3, 4, 5]) await create(`Paged 100% ${number}`)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const query = cursor === undefined ? '' : `&cursor=${cursor}`
    const { body } = await http.send('GET', `/api/workflows?limit=2&q=${encodeURIComponent('paged 100%')}${query}`, {
      token,
    })
    const page = body as unknown as { items: { name: string }[]; nextCursor?: string }
    seen.push(...page.items.map(({ name }) => name))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  expect(seen).toEqual([5, 4, 3, 2, 1].map((number) => `Paged 100% ${number}`))
  const bad = await http.send('GET', '/api/workflows?cursor=nonsense', { token })
  expect([bad.status, bad.body['code']]).toEqual([400, 'INVALID_INPUT'])
})

test('stores names with characters that the database cannot hold', async () => {
  const { body } = await http.send('POST', '/api/workflows', { token, body: { name: 'a\u0000b\uD800c' } })
  expect(body['name']).toBe('a\uFFFDb\uFFFDc')
})

test('validates any drawing without storing it', async () => {
  const check = async (value: unknown) =>
    (await http.send('POST', '/api/workflows/validate', { token, body: { definition: value } })).body
  expect(await check(definition)).toEqual({ valid: true, problems: [] })
  expect(await check({ ...definition, edges: [] })).toMatchObject({ valid: expect.any(Boolean) })
  expect(await check('nonsense')).toMatchObject({ valid: false, problems: [{ code: 'DEFINITION_INVALID' }] })
})

test('describes every node type with a schema and its ports', async () => {
  const { body } = await http.send('GET', '/api/node-types', { token })
  const items = body['items'] as { type: string; ports: { inputs: unknown[] }; configSchema: object }[]
  expect(items.map(({ type }) => type)).toEqual(Object.keys(nodeDefinitions))
  for (const item of items) expect(item.configSchema).toMatchObject({ type: 'object', properties: expect.any(Object) })
  expect(items.find(({ type }) => type === 'start')?.ports.inputs).toEqual([])
  expect(items.find(({ type }) => type === 'condition')).toMatchObject({
    ports: { outputs: [{ id: 'yes' }, { id: 'no' }] },
    configSchema: { properties: { expression: { widget: 'expression' } } },
  })
})

test('makes workflows from templates', async () => {
  const { body: list } = await http.send('GET', '/api/templates', { token })
  expect((list['items'] as { id: string }[]).map(({ id }) => id)).toEqual(templates.map(({ id }) => id))
  for (const template of templates) {
    const one = await http.send('GET', `/api/templates/${template.id}`, { token })
    expect(one.body).toMatchObject({ id: template.id, sampleInput: template.sampleInput })
    const made = await http.send('POST', `/api/templates/${template.id}/workflows`, { token, body: { name: 'Mine' } })
    expect([made.status, made.body['name'], made.body['templateId']]).toEqual([201, 'Mine', template.id])
  }
  const none = await http.send('POST', '/api/templates/none/workflows', { token })
  expect([none.status, none.body['code']]).toEqual([404, 'TEMPLATE_NOT_FOUND'])
})
