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
  http = await openHttpApp({}, {}, { sweepIntervalMs: 50, longPollMs: 300 })
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
afterEach(() => expectQuiet(http.manager))

const emit = (...drafts: EventDraft[]) => http.emitter.emit(owner, drafts)
const address = (query: string) => `${base}/api/executions/${executionId}/events-stream${query}`

async function read(query: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  const { method = 'GET', headers = {} } = options
  const response = await fetch(address(query), { method, headers: { authorization: `Bearer ${token}`, ...headers } })
  const text = await response.text()
  const header = (name: string) => response.headers.get(name)
  return {
    status: response.status,
    text,
    seqs: response.status === 200 && text !== '' ? (JSON.parse(text) as { seq: number }[]).map(({ seq }) => seq) : [],
    offset: header('stream-next-offset') ?? '',
    isUpToDate: header('stream-up-to-date') === 'true',
    isClosed: header('stream-closed') === 'true',
    cursor: header('stream-cursor'),
    header,
  }
}

describe('GET /api/executions/{id}/events-stream, catching up', () => {
  it('reads from the start, says where to go on, and goes on there', async () => {
    const first = await read('')
    expect([first.status, first.seqs, first.isUpToDate, first.isClosed]).toEqual([200, [1, 2, 3], true, false])
    expect((await read('?offset=-1')).text).toBe(first.text)
    await emit(logDraft(executionId, 'three'))
    const next = await read(`?offset=${first.offset}`)
    expect([next.seqs, next.isUpToDate]).toEqual([[4], true])
    expect(next.offset > first.offset).toBe(true)
    expect(next.offset).toHaveLength(first.offset.length)
    expect((await read(`?offset=${next.offset}`)).text).toBe('[]')
  })

  it('tells the tail for `now` and for HEAD, without events', async () => {
    const tail = await read('?offset=now')
    expect([tail.text, tail.isUpToDate, tail.header('cache-control')]).toEqual(['[]', true, 'no-store'])
    const head = await read('', { method: 'HEAD' })
    expect([head.status, head.text, head.offset]).toEqual([200, '', tail.offset])
    expect([head.header('content-type'), head.header('cache-control')]).toEqual([
      'application/json; charset=utf-8',
      'no-store',
    ])
  })

  it('says that the stream is closed only with its last event', async () => {
    const before = await read('')
    await emit(completedDraft(executionId))
    const last = await read(`?offset=${before.offset}`)
    expect([last.seqs, last.isClosed, last.isUpToDate]).toEqual([[4], true, true])
    const end = await read(`?offset=${last.offset}`)
    expect([end.text, end.isClosed]).toEqual(['[]', true])
    expect((await read('', { method: 'HEAD' })).isClosed).toBe(true)
  })

  it('answers in pages, and says which is the last', async () => {
    await emit(...Array.from({ length: 600 }, () => logDraft(executionId)))
    const first = await read('')
    expect([first.seqs.length, first.isUpToDate]).toEqual([500, false])
    const second = await read(`?offset=${first.offset}`)
    expect([second.seqs[0], second.seqs.at(-1), second.isUpToDate]).toEqual([501, 603, true])
  })

  it('lets only the caller keep an answer, and answers 304 while it is unchanged', async () => {
    const first = await read('')
    const etag = first.header('etag') ?? ''
    expect(first.header('cache-control')).toBe('private, no-cache')
    const again = await read('', { headers: { 'if-none-match': etag } })
    expect([again.status, again.text, again.offset]).toEqual([304, '', first.offset])
    await emit(logDraft(executionId))
    expect((await read('', { headers: { 'if-none-match': etag } })).status).toBe(200)
  })

  it('refuses what is no offset with 400, and what cannot be continued with 410', async () => {
    const { offset } = await read('')
    const malformed = ['0', 'later', '-2', `${offset}0`, `${offset},`, '../x', '']
    for (const one of malformed) {
      expect([one, (await read(`?offset=${encodeURIComponent(one)}`)).status]).toEqual([one, 400])
    }
    expect((await read('?offset=-1&offset=now')).status).toBe(400)
    const foreign = `${randomUUID()}_${offset.slice(-16)}`
    const future = `${offset.slice(0, -16)}${'9'.padStart(16, '0')}`
    for (const one of [foreign, future]) {
      for (const live of ['', '&live=long-poll', '&live=sse']) {
        const { status, text } = await read(`?offset=${one}${live}`)
        expect([status, JSON.parse(text)]).toEqual([410, expect.objectContaining({ code: 'OFFSET_GONE' })])
      }
    }
  })
})

describe('GET /api/executions/{id}/events-stream, waiting', () => {
  it('waits for the next event, and answers at once where there is one', async () => {
    const { offset } = await read('')
    const waiting = read(`?offset=${offset}&live=long-poll`)
    await waitUntil(() => http.manager.stats().longPollCount === 1, { intervalMs: 1 })
    await emit(logDraft(executionId))
    expect((await waiting).seqs).toEqual([4])
    const behind = await read('?offset=-1&live=long-poll')
    expect([behind.seqs, behind.cursor]).toEqual([[1, 2, 3, 4], expect.stringMatching(/^\d+$/)])
    const ahead = await read(`?offset=-1&live=long-poll&cursor=${behind.cursor}`)
    expect(Number(ahead.cursor)).toBeGreaterThan(Number(behind.cursor))
  })

  it('answers 204 when nothing came', async () => {
    const { status, offset, isUpToDate, isClosed, cursor } = await read('?offset=now&live=long-poll')
    expect([status, isUpToDate, isClosed]).toEqual([204, true, false])
    expect(cursor).toMatch(/^\d+$/)
    expect(offset).toBe((await read('')).offset)
  })

  it('ends the waiting when the run ends, and does not wait at the end', async () => {
    const { offset } = await read('')
    const waiting = read(`?offset=${offset}&live=long-poll`)
    await waitUntil(() => http.manager.stats().longPollCount === 1, { intervalMs: 1 })
    await emit(completedDraft(executionId))
    const last = await waiting
    expect([last.status, last.seqs, last.isClosed]).toEqual([200, [4], true])
    const end = await read(`?offset=${last.offset}&live=long-poll`)
    expect([end.status, end.isClosed, end.cursor]).toEqual([204, true, null])
  })

  it('needs an offset for the live modes, and no other modes', async () => {
    for (const query of ['?live=long-poll', '?live=sse', '?offset=-1&live=forever']) {
      expect([query, (await read(query)).status]).toEqual([query, 400])
    }
  })

  it('ends the waiting of an API key that is removed, with nothing of what came', async () => {
    const body = { name: 'watcher', scopes: ['read'] }
    const { body: key } = await http.send('POST', '/api/api-keys', { token, body })
    const { offset } = await read('')
    const headers = { 'x-api-key': String(key['key']) }
    const waiting = fetch(address(`?offset=${offset}&live=long-poll`), { headers })
    await waitUntil(() => http.manager.stats().longPollCount === 1, { intervalMs: 1 })
    await http.send('DELETE', `/api/api-keys/${key['id']}`, { token })
    expect((await waiting).status).toBe(401)
  })

  it('answers 404 for what is not there, whatever the mode', async () => {
    for (const query of ['', '?offset=now', '?offset=-1&live=long-poll', '?offset=now&live=sse']) {
      const { status } = await http.send('GET', `/api/executions/nowhere/events-stream${query}`, { token })
      expect([query, status]).toEqual([query, 404])
    }
  })
})

describe('GET /api/executions/{id}/events-stream, live=sse', () => {
  const open = (query: string) =>
    EventStreamClient.open(address(`?live=sse&${query}`), { authorization: `Bearer ${token}` })

  it('follows each event with where to go on, says when it is up to date, and closes after the last', async () => {
    const client = await open('offset=-1')
    expect(client.response.headers.get('content-type')).toBe('text/event-stream')
    for (const seq of [1, 2, 3]) {
      expect((await client.next('data')).data).toEqual([expect.objectContaining({ seq })])
      const { data } = await client.next('control')
      expect(data).toMatchObject({ streamCursor: expect.stringMatching(/^\d+$/) })
      expect(data['upToDate']).toBe(seq === 3 ? true : undefined)
    }
    await emit(completedDraft(executionId))
    // Being up to date was said with the third event, and is not said twice.
    expect((await client.next('data')).data).toEqual([expect.objectContaining({ seq: 4 })])
    await client.next('control')
    const { data } = await client.next('control')
    expect(data).toEqual({ streamNextOffset: (await read('')).offset, upToDate: true, streamClosed: true })
    await client.ended()
  })

  it('goes on where a control said', async () => {
    const { offset } = await read('')
    await emit(logDraft(executionId, 'while away'))
    const client = await open(`offset=${offset}`)
    expect((await client.next('data')).data).toEqual([expect.objectContaining({ seq: 4 })])
    client.close()
    await waitUntil(() => http.manager.getConnectionCount() === 0)
  })

  it('begins at the tail for `now`', async () => {
    const client = await open('offset=now')
    expect((await client.next('control')).data).toMatchObject({
      streamNextOffset: (await read('')).offset,
      upToDate: true,
    })
    await emit(logDraft(executionId))
    expect((await client.next('data')).data).toEqual([expect.objectContaining({ seq: 4 })])
    client.close()
    await waitUntil(() => http.manager.getConnectionCount() === 0)
  })
})
