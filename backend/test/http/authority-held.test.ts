import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/repositories/database.ts'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { openSharedWorkspace, type SharedWorkspace } from '../support/shared-workspace.ts'
import { openTestPostgres, type TestDatabase } from '../support/test-database.ts'
import { waitUntil } from '../support/wait-until.ts'

let server: TestDatabase
let network: FaultProxy
/** Where rights are taken and events stored. */
let here: HttpApp
/** Where connections are. It hears of events as by Redis, and reaches the database through a network that can fail. */
let there: HttpApp
let shared: SharedWorkspace
let address: string
let stopLink: () => void

beforeAll(async () => {
  server = await openTestPostgres()
  const direct = new URL(server.url ?? '')
  network = await FaultProxy.open({ targetPort: Number(direct.port) })
  const cuttable = new URL(direct)
  cuttable.port = String(network.port)
  const open = (url: URL) => openHttpApp({}, {}, { heartbeatIntervalMs: 300 }, () => openPool(url.href))
  here = await open(direct)
  there = await open(cuttable)
  stopLink = here.bus.subscribe((events) => there.bus.publish(events.filter((event) => event.payload !== null)))
  shared = await openSharedWorkspace(here)
  await there.app.listen({ port: 0, host: '127.0.0.1' })
  address = `127.0.0.1:${(there.app.server.address() as AddressInfo).port}`
})
afterAll(async () => {
  network.heal()
  stopLink()
  await expectQuiet(there.manager)
  await there.close()
  await here.close()
  await network.close()
  await server.close()
})

async function openPool(url: string): Promise<TestDatabase> {
  const database = await openDatabase({ dataDir: '', databaseUrl: url, onFailure: () => undefined })
  return { database, url, dataDir: '', close: () => database.close() }
}

async function follow(executionId: string, protocols: string[], headers: Record<string, string> = {}) {
  const client = await RawClient.open(`ws://${address}/ws`, protocols, { headers })
  client.send({ type: 'subscribe', executionId })
  await waitUntil(() => client.frames.some(({ type }) => type === 'caught_up'))
  return client
}

const messagesOf = (client: RawClient) =>
  client.frames.filter(({ type }) => type === 'node:log').map(({ message }) => message)

/** Reads a stream over HTTP as it comes. */
async function readStream(url: string, headers: Record<string, string>) {
  const abort = new AbortController()
  const answer = await fetch(url, { headers, signal: abort.signal })
  const stream = { text: '', close: () => abort.abort() }
  const read = async () => {
    const decoder = new TextDecoder()
    for await (const bytes of answer.body ?? []) stream.text += decoder.decode(bytes, { stream: true })
  }
  void read().catch(() => undefined)
  return stream
}

test('holds events back while rights cannot be read, and goes on without a loss for who still has them', async () => {
  const executionId = await shared.startExecution()
  const made = await here.send('POST', '/api/api-keys', { token: shared.owner.token, body: { name: 'k' } })
  const authorization = { authorization: `Bearer ${shared.owner.token}` }
  const base = `http://${address}/api/executions/${executionId}`
  const byKey = await follow(executionId, [], { 'x-api-key': String(made.body['key']) })
  const owner = await follow(executionId, ['millrace.v1', `bearer.${shared.owner.token}`])
  const stream = await readStream(`${base}/stream`, authorization)
  await shared.log(executionId, 'before')
  await waitUntil(() => [byKey, owner].every((client) => messagesOf(client).length === 1))
  await waitUntil(() => stream.text.includes('"before"'))
  const isAnswered = { poll: false }
  const poll = fetch(`${base}/events-stream?offset=now&live=long-poll`, { headers: authorization })
  void poll.then(() => (isAnswered.poll = true)).catch(() => undefined)
  await waitUntil(() => there.manager.longPolls.count === 1)

  network.refuse()
  network.cutAll('rst')
  await waitUntil(() => there.manager.stats().isHeld, { timeoutMs: 15_000 })
  expect(await there.metrics.render()).toContain('millrace_delivery_held 1')
  await here.send('DELETE', `/api/api-keys/${made.body['id']}`, { token: shared.owner.token })
  await shared.log(executionId, 'canary')
  await waitUntil(() => there.manager.stats().lagEvents >= 3)
  const heartbeats = () => [byKey, owner].map(({ frames }) => frames.filter(({ type }) => type === 'heartbeat').length)
  const [byKeyBefore = 0, ownerBefore = 0] = heartbeats()
  await waitUntil(() => (heartbeats()[0] ?? 0) > byKeyBefore + 1 && (heartbeats()[1] ?? 0) > ownerBefore + 1)
  expect([byKey, owner].map(messagesOf)).toEqual([['before'], ['before']])
  expect([stream.text.includes('canary'), isAnswered.poll]).toEqual([false, false])

  network.heal()
  expect(await byKey.ended()).toEqual({ code: 1008, reason: 'INVALID_TOKEN' })
  await waitUntil(() => messagesOf(owner).length === 2)
  await waitUntil(() => stream.text.includes('canary'))
  expect(await (await poll).text()).toContain('canary')
  expect(messagesOf(byKey)).toEqual(['before'])
  const seqs = owner.frames.filter(({ type }) => type === 'node:log').map(({ seq }) => Number(seq))
  expect(seqs[1]).toBe((seqs[0] ?? 0) + 1)
  expect(there.manager.stats().isHeld).toBe(false)
  stream.close()
  await owner.close()
})
