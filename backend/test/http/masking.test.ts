import { eventId } from '@millrace/shared/events/event-id'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WorkspaceSecrets } from '../../src/events/workspace-secrets.ts'
import { openDatabase } from '../../src/repositories/database.ts'
import { createOutputRepository } from '../../src/repositories/outputs.ts'
import { type HttpApp, openHttpApp } from '../support/http-app.ts'
import { openSharedWorkspace, type SharedWorkspace } from '../support/shared-workspace.ts'
import { openTestPostgres, type TestDatabase } from '../support/test-database.ts'

const early = 'sk-canary-early-51f0c2'
const late = 'sk-canary-late-"93ab/7d'
const mask = '•••'

let server: TestDatabase
/** Where keys are added. */
let here: HttpApp
/** Another process: nothing in common but the database. */
let there: HttpApp
let shared: SharedWorkspace
let workflowId: string

beforeAll(async () => {
  server = await openTestPostgres()
  here = await openProcess()
  there = await openProcess()
  shared = await openSharedWorkspace(here)
  const { body } = await here.send('POST', '/api/templates/review-desk/workflows', {
    token: shared.owner.token,
    body: {},
  })
  workflowId = String(body['id'])
})
afterAll(async () => {
  await there.close()
  await here.close()
  await server.close()
})

function openProcess(): Promise<HttpApp> {
  return openHttpApp({}, {}, {}, async () => {
    const url = server.url ?? ''
    const database = await openDatabase({ dataDir: '', databaseUrl: url, onFailure: () => undefined })
    return { database, url, dataDir: '', close: () => database.close() }
  })
}

async function addKey(http: HttpApp, apiKey: string): Promise<void> {
  const body = { name: 'Key', provider: 'openai-compatible', apiKey }
  expect((await http.send('POST', '/api/credentials', { token: shared.owner.token, body })).status).toBe(201)
}

async function start(http: HttpApp, topic: string): Promise<string> {
  const url = `/api/workflows/${workflowId}/executions`
  const { status, body } = await http.send('POST', url, { token: shared.owner.token, body: { input: { topic } } })
  expect(status).toBe(202)
  return String(body['executionId'])
}

async function storedEvents(executionId: string): Promise<string> {
  const { rows } = await here.test.database.orm.execute<{ payload: string }>(
    sql`select payload from events where topic = ${`execution:${executionId}`} order by seq`,
  )
  return rows.map(({ payload }) => payload).join('\n')
}

const outputsOf = (http: HttpApp) => createOutputRepository(http.test.database, http.masker)
const owner = () => ({ workspaceId: shared.id, userId: shared.owner.userId })

/** As people see it: the same in an address and in JSON. */
function expectNothingOf(key: string, text: string): void {
  for (const form of [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)]) expect(text).not.toContain(form)
}

test('a key added in one process is stored in clear by no other', async () => {
  const before = await start(there, 'nothing secret')
  await addKey(here, late)
  const after = await start(there, `use ${late} for it`)
  const stored = await storedEvents(after)
  expect(stored).toContain(`use ${mask} for it`)
  expectNothingOf(late, stored)
  // Also in a run that was under way.
  await there.emitter.emit(owner(), [
    {
      type: 'node:log',
      eventId: eventId({ nodePath: 'draft', type: 'node:log', ordinal: 1 }),
      timestamp: Date.now(),
      executionId: before,
      nodeId: 'draft',
      nodePath: 'draft',
      iteration: 1,
      level: 'info',
      message: `GET /?key=${encodeURIComponent(late)}`,
    },
  ])
  expectNothingOf(late, await storedEvents(before))
})

test('a key is masked by a process that was started after it was added', async () => {
  await addKey(here, early)
  const restarted = await openProcess()
  try {
    expectNothingOf(early, await storedEvents(await start(restarted, early)))
  } finally {
    await restarted.close()
  }
})

test('a guest is shown neither the key in the input nor the one in a large output, which later steps get whole', async () => {
  await addKey(here, early)
  const executionId = await start(there, `with ${early}`)
  const value = { text: `Bearer ${early}, ${late}`, padding: 'x'.repeat(70_000) }
  const outputs = createOutputRepository(here.test.database)
  const { ref } = await outputs.put(owner(), executionId, value)
  const guest = (await shared.share(executionId)).accessToken

  for (const token of [guest, shared.owner.token]) {
    const shown = await there.send('GET', `/api/executions/${executionId}`, { token })
    expect(shown.body['input']).toMatchObject({ topic: `with ${mask}` })
    const output = await there.send('GET', `/api/executions/${executionId}/outputs/${ref}`, { token })
    expect(output.body['text']).toBe(`Bearer ${mask}, ${mask}`)
  }
  expect(await outputs.get(owner(), ref)).toEqual(value)
  expect(there.engine.started.at(-1)?.input).toMatchObject({ topic: `with ${early}` })
})

test('what was masked once stays so after the key is gone and every process has forgotten it', async () => {
  const key = 'sk-canary-short-lived-44'
  await addKey(here, key)
  const executionId = await start(there, `with ${key}`)
  const value = [`Bearer ${key}`, 'x'.repeat(70_000)]
  const { ref } = await outputsOf(there).put(owner(), executionId, value)
  const { token } = shared.owner
  const { body } = await here.send('GET', '/api/credentials', { token })
  for (const { id } of body['items'] as { id: string }[]) {
    expect((await here.send('DELETE', `/api/credentials/${id}`, { token })).status).toBe(204)
  }
  const restarted = await openProcess()
  try {
    const output = await restarted.send('GET', `/api/executions/${executionId}/outputs/${ref}`, { token })
    expect(output.body[0 as never]).toBe(`Bearer ${mask}`)
    const shown = await restarted.send('GET', `/api/executions/${executionId}`, { token })
    expect(shown.body['input']).toMatchObject({ topic: `with ${mask}` })
  } finally {
    await restarted.close()
  }
  expect(await outputsOf(here).get(owner(), ref)).toEqual(value)
})

test('the secret of a hook is masked as keys are', async () => {
  const body = { url: 'https://hooks.example.org/', eventTypes: ['execution:created'] }
  const made = await here.send('POST', '/api/hooks', { token: shared.owner.token, body })
  const secret = String(made.body['secret'])
  expect(secret.length).toBeGreaterThan(10)
  expectNothingOf(secret, await storedEvents(await start(here, `hook ${secret}`)))
})

test('a preview shows no beginning of a key that lies across its end', async () => {
  await addKey(here, early)
  const outputs = createOutputRepository(here.test.database, {
    of: (workspaceId) =>
      new WorkspaceSecrets({ read: async () => [{ id: '1', open: () => early }], isShared: false }).of(workspaceId),
  })
  const { preview } = await outputs.put(owner(), await start(here, 'x'), 'y'.repeat(495) + early + 'z'.repeat(70_000))
  expect(preview).toMatch(/^y{495}•••zz$/)
})
