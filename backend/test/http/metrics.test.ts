import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { addBusMetrics } from '../../src/metrics/bus-metrics.ts'
import { addHookMetrics } from '../../src/metrics/hook-metrics.ts'
import { createdDraft, logDraft } from '../delivery/memory-log.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'
import { waitUntil } from '../support/wait-until.ts'

interface Meta {
  name: string
  help: string
  type: string
}

let http: HttpApp
let token: string
let port: number

beforeAll(async () => {
  http = await openHttpApp()
  token = await setUpOwner(http)
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  port = (http.app.server.address() as AddressInfo).port
})
afterAll(() => http.close())

/** Values by name with labels. */
async function readPage(): Promise<Map<string, number>> {
  const reply = await fetch(`http://127.0.0.1:${port}/metrics`)
  expect(reply.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  const lines = (await reply.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
}

/** Stores a run of the owner's. */
async function startRun(executionId: string) {
  const me = await http.send('GET', '/api/me', { token })
  const { workspaces, user } = me.body as { workspaces: { id: string }[]; user: { id: string } }
  const owner = { workspaceId: workspaces[0]?.id ?? '', userId: user.id }
  const workflow = { engineVersion: 1 as const, workflowId: 'w1', workflowName: 'W', workflowVersion: 1 }
  const plan = { ...workflow, nodes: [], edges: [], loops: [] }
  const row = { id: executionId, input: {}, startedByName: 'Ada' }
  await http.emitter.createExecution({ owner, row, plan, draft: createdDraft(executionId) })
  return owner
}

async function follow(executionId: string): Promise<RawClient> {
  const client = await RawClient.open(`ws://127.0.0.1:${port}/ws`, ['millrace.v1', `bearer.${token}`])
  client.send({ type: 'subscribe', executionId })
  await waitUntil(() => client.frames.some(({ type }) => type === 'caught_up'))
  return client
}

test('counts a run from its events to the socket', async () => {
  const executionId = 'measured-1'
  const owner = await startRun(executionId)
  const client = await follow(executionId)
  const stream = { executionId, nodeId: 'n', nodePath: 'n', iteration: 1, attempt: 1 }
  await http.emitter.emit(owner, [
    { type: 'node:stream', eventId: 's/1', timestamp: 1, ...stream, offset: 0, chunk: 'one two', tokens: 5 },
  ])
  await waitUntil(() => client.frames.some(({ type }) => type === 'node:stream'))

  const page = await readPage()
  const value = (name: string) => page.get(`millrace_${name}`) ?? Number.NaN
  expect(value('connections')).toBe(1)
  expect(value('subscriptions')).toBe(1)
  expect(value('lag_events')).toBe(0)
  expect(value('delivered_events_total')).toBeGreaterThanOrEqual(1)
  expect(value('append_batch_events_count')).toBe(2)
  expect(value('append_batch_events_sum')).toBe(2)
  expect(value('append_duration_seconds_sum')).toBeGreaterThan(0)
  expect(value('append_to_socket_seconds_count')).toBeGreaterThanOrEqual(1)
  expect(value('append_to_socket_seconds_sum')).toBeGreaterThan(0)
  expect(value('merged_tokens_total')).toBe(4)
  expect(value('open_executions')).toBe(1)
  expect(value('failed_listeners_total')).toBe(0)
  for (const kind of ['order', 'gap', 'duplicate', 'isolation']) {
    expect(value(`violations_total{kind="${kind}"}`)).toBe(0)
  }
  expect(value('event_loop_delay_seconds{quantile="1"}')).toBeGreaterThanOrEqual(0)

  // A counter is read anew each time, never added up.
  const before = value('delivered_events_total')
  expect((await readPage()).get('millrace_delivered_events_total')).toBe(before)
  await client.close()
})

test('measures how long those wait whom the bus does not tell, and not who comes late', async () => {
  const executionId = 'measured-2'
  const owner = await startRun(executionId)
  const client = await follow(executionId)
  const name = 'millrace_append_to_socket_seconds_count'
  const publish = vi.spyOn(http.bus, 'publish').mockImplementation(() => undefined)
  try {
    const before = await readPage()
    await http.emitter.emit(owner, [logDraft(executionId)])
    await waitUntil(() => client.frames.some(({ type }) => type === 'node:log'))
    const page = await readPage()
    expect((page.get(name) ?? 0) - (before.get(name) ?? 0)).toBe(1)
    const filled = 'millrace_filled_gaps_total'
    expect((page.get(filled) ?? 0) - (before.get(filled) ?? 0)).toBeGreaterThan(0)
    const late = await RawClient.open(`ws://127.0.0.1:${port}/ws`, ['millrace.v1', `bearer.${token}`])
    late.send({ type: 'subscribe', executionId, since: 0 })
    await waitUntil(() => late.frames.some(({ type }) => type === 'node:log'))
    expect((await readPage()).get(name)).toBe(page.get(name))
    await late.close()
  } finally {
    publish.mockRestore()
    await client.close()
  }
})

test('is open to this machine, and else to the owner alone', async () => {
  const fromProxy = { 'x-forwarded-for': '203.0.113.7' }
  const ask = async (headers: Record<string, string>) =>
    (await http.app.inject({ method: 'GET', url: '/metrics', headers })).statusCode
  expect(await ask({ host: '127.0.0.1:3001' })).toBe(200)
  expect(await ask({ host: 'localhost' })).toBe(200)
  expect(await ask({ host: 'rebound.example.org' })).toBe(401)
  expect(await ask({ host: 'localhost', ...fromProxy })).toBe(401)
  expect(await ask({ host: 'localhost', ...fromProxy, authorization: `Bearer ${token}` })).toBe(200)
  const key = await http.send('POST', '/api/api-keys', { token, body: { name: 'scrape', scopes: ['read'] } })
  expect(await ask({ ...fromProxy, 'x-api-key': String(key.body['key']) })).toBe(200)
  const weak = await http.send('POST', '/api/api-keys', { token, body: { name: 'weak', scopes: ['run'] } })
  expect(await ask({ ...fromProxy, 'x-api-key': String(weak.body['key']) })).toBe(403)
})

test('is listed whole in docs/operations.md', async () => {
  const docs = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
  const documented = docs.split('\n').filter((line) => /^\| `millrace_\w+` \|/.test(line))
  addBusMetrics(http.metrics, {
    isConnected: true,
    publishedCount: 0,
    droppedCount: 0,
    receivedCount: 0,
    malformedCount: 0,
    reconnectCount: 0,
  })
  addHookMetrics(http.metrics, { deliveredCount: 0, failedCount: 0 }, async () => 0)
  const metrics = (await http.metrics.registry.getMetricsAsJSON()) as unknown as Meta[]
  const rows = metrics.map(({ name, help, type }) => `| \`${name}\` | ${type} | ${help} |`)
  expect(documented.toSorted()).toEqual(rows.toSorted())
})

test.each(['alerts.yml', 'grafana-dashboard.json'])(
  'O03 docs/monitoring/%s asks for metrics that exist',
  async (file) => {
    const text = await readFile(new URL(`../../../docs/monitoring/${file}`, import.meta.url), 'utf8')
    const asked = [...text.matchAll(/\bmillrace_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
    const metrics = (await http.metrics.registry.getMetricsAsJSON()) as unknown as Meta[]
    const known = new Set(metrics.map(({ name }) => name))
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.filter((name) => !known.has(name))).toEqual([])
    if (file.endsWith('.json')) expect(JSON.parse(text).panels.length).toBeGreaterThan(5)
  },
)
