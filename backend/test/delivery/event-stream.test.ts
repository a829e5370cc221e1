import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { EventDraft } from '@millrace/shared/events'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EventStreamClient } from '../support/event-stream-client.ts'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'
import { waitUntil } from '../support/wait-until.ts'
import { expectQuiet } from './delivery-world.ts'
import { completedDraft, logDraft } from './memory-log.ts'

let http: HttpApp
let token: string
let base: string
let owner: { workspaceId: string; userId: string }
let executionId: string

beforeAll(async () => {
  http = await openHttpApp(
    {},
    {},
    { sweepIntervalMs: 50, connectionsPerUserMax: 3, heartbeatIntervalMs: 300, longPollMs: 400 },
  )
  token = await setUpOwner(http)
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  base = `http://127.0.0.1:${(http.app.server.address() as AddressInfo).port}`
  const { body } = await http.send('GET', '/api/me', { token })
  const { user, workspaces } = body as unknown as { user: { id: string }; workspaces: { id: string }[] }
  owner = { userId: user.id, workspaceId: workspaces[0]?.id ?? '' }
})
afterAll(() => http.close())

/** Events 1 (`execution:created`) to 3. */
beforeEach(async () => {
  const { body: workflows } = await http.send('GET', '/api/workflows', { token })
  const [workflow] = workflows['items'] as { id: string }[]
  const url = `/api/workflows/${workflow?.id}/executions`
  const { body } = await http.send('POST', url, { token, body: { input: { topic: randomUUID() } } })
  executionId = String(body['executionId'])
  await emit(logDraft(executionId, 'one'), logDraft(executionId, 'two'))
})
afterEach(async () => {
  for (const client of opened.splice(0)) client.close()
  await expectQuiet(http.manager)
})

const emit = (...drafts: EventDraft[]) => http.emitter.emit(owner, drafts)
const headers = () => ({ authorization: `Bearer ${token}` })
const address = (path: string) => `${base}/api/executions/${executionId}/${path}`
/** Closed after each test, whatever becomes of it. */
const opened: EventStreamClient[] = []

async function open(query = '', more: Record<string, string> = {}): Promise<EventStreamClient> {
  const client = await EventStreamClient.open(address(`stream${query}`), { ...headers(), ...more })
  opened.push(client)
  return client
}

async function close(...clients: EventStreamClient[]): Promise<void> {
  for (const client of clients) client.close()
  await waitUntil(() => http.manager.getConnectionCount() === 0)
}

describe('GET /api/executions/{id}/stream', () => {
  it('tells the state, what happens, and the end; then it closes', async () => {
    const client = await open()
    expect(client.response.headers.get('content-type')).toBe('text/event-stream')
    expect(client.response.headers.get('x-request-id')).toBeTruthy()
    await client.next('subscribed')
    const snapshot = await client.next('snapshot')
    expect(snapshot.data).toMatchObject({ seq: 3, executionId, state: { executionId } })
    await client.next('caught_up')
    await emit(logDraft(executionId, 'live'))
    const event = await client.next('node:log')
    expect(event.data).toMatchObject({ type: 'node:log', seq: 4, message: 'live' })
    expect(event.id).toMatch(/^[0-9a-f-]{36}_0{15}4$/)
    await emit(completedDraft(executionId))
    expect((await client.next('execution:completed')).data).toMatchObject({ seq: 5 })
    expect((await client.next('ended')).data).toMatchObject({ seq: 5 })
    await client.ended()
    expect(client.events).toHaveLength(6)
  })

  it('goes on after Last-Event-ID, exactly where a cut reader was', async () => {
    const first = await open('?since=1')
    await first.next('subscribed')
    const seen = await first.next('node:log')
    await close(first)
    await emit(logDraft(executionId, 'while away'))
    // The id wins over the address, which an EventSource repeats as it was.
    const again = await open('?since=1', { 'last-event-id': seen.id ?? '' })
    await again.next('subscribed')
    expect([(await again.next('node:log')).data['seq'], (await again.next('node:log')).data['seq']]).toEqual([3, 4])
    await again.next('caught_up')
    await close(again)
  })

  it('says that continuity is lost for an id of another past or of the future', async () => {
    const past = await open('', { 'last-event-id': `${randomUUID()}_0000000000000002` })
    await past.next('subscribed')
    expect((await past.next('resync')).data).toMatchObject({ reason: 'epoch' })
    await past.next('snapshot')
    const future = await open('?since=99')
    await future.next('subscribed')
    expect((await future.next('resync')).data).toMatchObject({ reason: 'future' })
    await close(past, future)
    const { status } = await http.send('GET', `/api/executions/${executionId}/stream`, {
      token,
      headers: { 'last-event-id': 'no id of ours' },
    })
    expect(status).toBe(400)
  })

  it('sends a reader away for good that has seen the end', async () => {
    await emit(completedDraft(executionId))
    const client = await open('?since=3')
    await client.next('subscribed')
    const last = await client.next('execution:completed')
    await client.ended()
    const again = await open('', { 'last-event-id': last.id ?? '' })
    expect(again.response.status).toBe(204)
    await again.ended()
  })

  it('breaks silence with comments', async () => {
    const client = await open('?since=3')
    await waitUntil(() => client.commentCount >= 2)
    await close(client)
  })

  it('counts streams and waiting requests as connections, and answers 429 beyond the limit', async () => {
    const clients = [await open(), await open(), await open()]
    const refused = await open()
    expect(refused.response.status).toBe(429)
    const waiting = await fetch(address('events-stream?offset=now&live=long-poll'), { headers: headers() })
    expect([waiting.status, await waiting.json()]).toEqual([
      429,
      expect.objectContaining({ code: 'TOO_MANY_CONNECTIONS' }),
    ])
    await close(...clients)
    await close(await open())
  })

  it('is cut when its API key is removed', async () => {
    const body = { name: 'watcher', scopes: ['read'] }
    const { body: key } = await http.send('POST', '/api/api-keys', { token, body })
    const apiKey = { 'x-api-key': String(key['key']) }
    const client = await EventStreamClient.open(address('stream'), apiKey)
    await client.next('subscribed')
    await http.send('DELETE', `/api/api-keys/${key['id']}`, { token })
    await client.ended()
    expect((await EventStreamClient.open(address('stream'), apiKey)).response.status).toBe(401)
  })

  it('answers what is not there, or not asked with credentials, before a stream begins', async () => {
    const unknown = await EventStreamClient.open(`${base}/api/executions/nowhere/stream`, headers())
    const stranger = await EventStreamClient.open(address('stream'), {})
    expect([unknown.response.status, stranger.response.status]).toEqual([404, 401])
  })
})
