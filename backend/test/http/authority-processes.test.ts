import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/repositories/database.ts'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { openSharedWorkspace, type Person, password, type SharedWorkspace } from '../support/shared-workspace.ts'
import { openTestPostgres, type TestDatabase } from '../support/test-database.ts'
import { waitUntil } from '../support/wait-until.ts'

/** Longest time from the request at one process to the silence at the other, milliseconds. */
const silentWithinMs = 1000

let server: TestDatabase
/** Where rights are changed. */
let here: HttpApp
/** Where connections are: another process, with nothing in common but the database. */
let there: HttpApp
let shared: SharedWorkspace
let address: string

beforeAll(async () => {
  server = await openTestPostgres()
  const open = () => openHttpApp({}, {}, {}, () => openPool())
  here = await open()
  there = await open()
  shared = await openSharedWorkspace(here)
  await there.app.listen({ port: 0, host: '127.0.0.1' })
  address = `127.0.0.1:${(there.app.server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await expectQuiet(there.manager)
  await there.close()
  await here.close()
  await server.close()
})

async function openPool(): Promise<TestDatabase> {
  const url = server.url ?? ''
  const database = await openDatabase({ dataDir: '', databaseUrl: url, onFailure: () => undefined })
  return { database, url, dataDir: '', close: () => database.close() }
}

const watch = (token: string) => RawClient.open(`ws://${address}/ws`, ['millrace.v1', `bearer.${token}`])
const remove = ({ userId }: Person) =>
  here.send('DELETE', `/api/workspaces/${shared.id}/members/${userId}`, { token: shared.owner.token })
const events = (client: RawClient) => client.frames.filter(({ type }) => type === 'node:log')

async function follow(token: string, executionId: string): Promise<RawClient> {
  const client = await watch(token)
  client.send({ type: 'subscribe', executionId })
  await client.next('subscribed')
  await client.next('snapshot')
  await client.next('caught_up')
  return client
}

async function signIn(email: string) {
  const { body, cookie = '' } = await here.send('POST', '/api/auth/login', { body: { email, password } })
  return { token: String(body['accessToken']), cookie }
}

/** Runs the change here and waits for its effect there, which must come in time. */
async function inTime<T>(change: () => Promise<unknown>, effect: Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const [seen] = await Promise.all([effect, change()])
  expect(performance.now() - startedAt).toBeLessThan(silentWithinMs)
  return seen
}

test('closes there what a sign-in, a key or a link had open that ended here', async () => {
  const executionId = await shared.startExecution()
  const session = await signIn(shared.owner.email)
  const made = await here.send('POST', '/api/api-keys', { token: shared.owner.token, body: { name: 'k' } })
  const link = await shared.share(executionId)
  const closed = { code: 1008, reason: 'INVALID_TOKEN' }

  const signedIn = await watch(session.token)
  const signOut = () => here.send('POST', '/api/auth/logout', { cookie: session.cookie })
  expect(await inTime(signOut, signedIn.ended())).toEqual(closed)
  const byKey = await watch(String(made.body['key']))
  const removeKey = () => here.send('DELETE', `/api/api-keys/${made.body['id']}`, { token: shared.owner.token })
  expect(await inTime(removeKey, byKey.ended())).toEqual(closed)
  const guest = await follow(link.accessToken, executionId)
  const takeBack = () => here.send('DELETE', `/api/share-links/${link.id}`, { token: shared.owner.token })
  expect(await inTime(takeBack, guest.ended())).toEqual(closed)
})

test('ends there the sockets, streams and waiting requests of a member who was shown out here', async () => {
  const member = await shared.join('viewer')
  const executionId = await shared.startExecution()
  const own = await here.send('POST', '/api/workspaces', { token: member.token, body: { name: 'Own' } })
  const client = await follow(member.token, executionId)
  client.send({ type: 'subscribe', channel: 'executions', workspaceId: own.body['id'] })
  await client.next('subscribed')
  const headers = { authorization: `Bearer ${member.token}`, 'x-workspace-id': shared.id }
  const base = `http://${address}/api/executions/${executionId}`
  const stream = await fetch(`${base}/stream`, { headers })
  const poll = fetch(`${base}/events-stream?offset=now&live=long-poll`, { headers })
  await waitUntil(() => there.manager.longPolls.count === 1)

  const told = waitUntil(() => client.frames.some(({ type }) => type === 'error'), { intervalMs: 2 })
  const ended = Promise.all([told, stream.text(), poll])
  const [, , answer] = await inTime(() => remove(member), ended)
  expect(answer.status).toBe(404)
  expect(client.frames.filter(({ type }) => type === 'error')).toMatchObject([
    { code: 'EXECUTION_NOT_FOUND', executionId },
  ])
  await shared.log(executionId, 'after')
  client.send({ type: 'subscribe', executionId })
  client.send({ type: 'ping', id: 1 })
  await waitUntil(() => client.frames.some(({ type }) => type === 'pong'))
  expect(events(client)).toEqual([])
  // The other workspace is still followed.
  expect(there.manager.stats().subscriptionCount).toBe(1)
  await client.close()
})

test('lets a socket there do what the new role allows, and no more', async () => {
  const member = await shared.join('editor')
  const executionId = await shared.startExecution()
  const { body } = await here.send('GET', `/api/executions/${executionId}`, { token: shared.owner.token })
  const client = await watch(member.token)
  let id = 0
  const ask = async () => {
    id += 1
    client.send({ type: 'workflow:execute', id, workflowId: body['workflowId'], input: { topic: 'x' } })
    await waitUntil(() => client.frames.some((frame) => frame['id'] === id), { intervalMs: 5 })
    const answer = client.frames.find((frame) => frame['id'] === id)
    return answer?.type === 'workflow:accepted' ? 'accepted' : answer?.['code']
  }
  expect(await ask()).toBe('accepted')
  const become = (role: string) => () =>
    here.send('PATCH', `/api/workspaces/${shared.id}/members/${member.userId}`, {
      token: shared.owner.token,
      body: { role },
    })
  await inTime(
    become('viewer'),
    waitUntil(async () => (await ask()) === 'FORBIDDEN', { intervalMs: 20 }),
  )
  await inTime(
    become('operator'),
    waitUntil(async () => (await ask()) === 'accepted', { intervalMs: 20 }),
  )
  await client.close()
})

/** Stores the last event of an execution again and again, as if it had happened so often. */
async function repeatLast(executionId: string, count: number): Promise<void> {
  const { orm } = server.database
  const topic = `execution:${executionId}`
  await orm.execute(sql`
    insert into events (topic, seq, event_id, type, execution_id, payload, created_at)
    select e.topic, e.seq + n, e.event_id || '-' || n, e.type, e.execution_id,
      replace(e.payload, '"seq":' || e.seq, '"seq":' || (e.seq + n)), e.created_at
    from events e join topics t on t.topic = e.topic and t.head = e.seq, generate_series(1, ${count}) n
    where e.topic = ${topic}`)
  await orm.execute(sql`update topics set head = head + ${count} where topic = ${topic}`)
}

test('ends a replay, and a reader who does not read, without one event more', async () => {
  const member = await shared.join('viewer')
  const session = await signIn(member.email)
  const executionId = await shared.startExecution()
  // More than kernel and process hold for a reader who does not read: a part of it is never written.
  const total = 5000
  await shared.log(executionId, 'x'.repeat(3000))
  await repeatLast(executionId, total)
  const [shownOut, signedOut] = [await watch(member.token), await watch(session.token)]
  for (const client of [shownOut, signedOut]) {
    client.socket.pause()
    client.send({ type: 'subscribe', executionId, since: 0 })
  }
  const isPaused = () => there.manager.connections().filter(({ eventsSentCount }) => eventsSentCount > 0).length === 2
  await waitUntil(isPaused)
  const sent = () => there.manager.connections().map(({ eventsSentCount }) => eventsSentCount)
  const subscriptions = () => there.manager.stats().subscriptionCount
  expect(subscriptions()).toBe(2)
  await inTime(
    () => here.send('POST', '/api/auth/logout', { cookie: session.cookie }),
    waitUntil(() => subscriptions() === 1, { intervalMs: 2 }),
  )
  await inTime(
    () => remove(member),
    waitUntil(() => subscriptions() === 0, { intervalMs: 2 }),
  )
  const sentBefore = Math.max(...sent())
  expect(sentBefore).toBeLessThan(total)
  for (const client of [shownOut, signedOut]) client.socket.resume()
  expect(await signedOut.ended()).toEqual({ code: 1008, reason: 'INVALID_TOKEN' })
  await waitUntil(() => shownOut.frames.some(({ type }) => type === 'error'))
  const end = shownOut.frames.findIndex(({ type }) => type === 'error')
  expect(shownOut.frames[end]).toMatchObject({ code: 'EXECUTION_NOT_FOUND', executionId })
  expect(shownOut.frames.slice(end + 1).every(({ type }) => type === 'memberships')).toBe(true)
  expect(events(shownOut).length).toBeLessThanOrEqual(sentBefore)
  await shownOut.close()
})

test('hears of a change whose commit comes after that of a later one', async () => {
  const [early, late] = [await signIn(shared.owner.email), await signIn(shared.owner.email)]
  const [first, second] = [await watch(early.token), await watch(late.token)]
  const rows = await server.database.orm.execute<{ family_id: string }>(
    sql`select family_id from refresh_tokens order by created_at desc limit 2`,
  )
  const [lateFamily, earlyFamily] = rows.rows.map((row) => row.family_id)
  const change = (family: string | undefined) =>
    sql`insert into authority_changes (kind, subject, changed_at) values ('credential', ${family}, (extract(epoch from clock_timestamp()) * 1000)::bigint)`
  await server.database.transaction(async (tx) => {
    await tx.execute(change(earlyFamily))
    await inTime(() => server.database.orm.execute(change(lateFamily)), second.ended())
    expect(first.closed).toBeNull()
  })
  await first.ended()
})

test('tries on while its looks fail, and misses nothing of that time', async () => {
  const { token } = await signIn(shared.owner.email)
  const client = await watch(token)
  const rows = await server.database.orm.execute<{ family_id: string }>(
    sql`select family_id from refresh_tokens order by created_at desc limit 1`,
  )
  await server.database.orm.execute(sql`alter table authority_changes rename to elsewhere`)
  await waitUntil(() => there.logText().includes('authority-unread'))
  await server.database.orm.execute(
    sql`insert into elsewhere (kind, subject, changed_at) values ('credential', ${rows.rows[0]?.family_id}, (extract(epoch from clock_timestamp()) * 1000)::bigint)`,
  )
  const back = () => server.database.orm.execute(sql`alter table elsewhere rename to authority_changes`)
  expect(await inTime(back, client.ended())).toEqual({ code: 1008, reason: 'INVALID_TOKEN' })
})
