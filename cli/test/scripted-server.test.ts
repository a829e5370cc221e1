import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Answer, type ScriptedServer, startScriptedServer } from './support/scripted-server.ts'
import { type Spawned, spawnNode } from './support/spawned.ts'
import { waitUntil } from './support/wait-until.ts'

const launcher = fileURLToPath(new URL('../bin/millrace.mjs', import.meta.url))
const waitMs = 60_000

let folder: string
let server: ScriptedServer
const started: Spawned[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-cli-'))
})
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop()
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

interface Begun {
  input?: string
  env?: Record<string, string>
  /** Told the server's address, before the command begins. */
  before?: (url: string) => Promise<void>
}

async function begin(args: string[], answer: Answer, { input = '', env = {}, before }: Begun = {}): Promise<Spawned> {
  server = await startScriptedServer(answer)
  await before?.(server.url)
  const own = { XDG_CONFIG_HOME: join(folder, 'config'), MILLRACE_URL: server.url, MILLRACE_API_KEY: 'mr_key\n' }
  const spawned = spawnNode([launcher, ...args], { ...own, ...env }, input)
  started.push(spawned)
  return spawned
}

function until(spawned: Spawned, condition: () => boolean): Promise<void> {
  const said = () => spawned.stdout() + spawned.stderr()
  const check = () => {
    if (spawned.child.exitCode !== null) throw new Error(`the command has ended:\n${said()}`)
    return condition()
  }
  return waitUntil(check, { timeoutMs: waitMs, describe: said })
}

const refusal = (code: string) => ({ code, message: code, requestId: 'r1' })

test('a detached command ends although the server never answers the closing handshake', async () => {
  const watching = await begin(['watch', 'e1', '--json'], () => ({
    body: {
      executionId: 'e1',
      workflowId: 'w1',
      workflowName: 'W',
      workflowVersion: 1,
      status: 'running',
      totalNodes: 1,
      completedNodes: 0,
      startedByName: 'Ada',
      createdAt: 1,
      startedAt: 1,
      input: {},
      nodes: {},
      seq: 0,
    },
  }))
  await until(watching, () => server.sockets.length === 1)
  watching.child.kill('SIGINT')
  expect(await watching.ended, watching.stderr()).toBe(130)
  expect(watching.stderr()).toContain('Detached; the run goes on.')
  // The line break behind the key was no part of it.
  expect(server.requests[0]?.headers.authorization).toBe('Bearer mr_key')
})

/** A knowledge base with one document, whose list is what `rows` says at each read. */
function uploads(rows: () => { status?: number; body: unknown }): Answer {
  return ({ method, url = '' }) => {
    if (!url.includes('/documents')) return { body: { items: [{ id: 'kb1', name: 'Handbook' }] } }
    return method === 'POST' ? { body: { items: [row()], refused: [] } } : rows()
  }
}

const row = (rest: object = {}) => ({
  documentId: 'd1',
  knowledgeBaseId: 'kb1',
  name: 'tea.md',
  mediaType: 'text/markdown',
  bytes: 4,
  status: 'processing',
  stage: 'extracting',
  completed: 0,
  total: 1,
  percentage: 0,
  createdAt: 1,
  ...rest,
})

/** The tail of the channel is live from here on. */
function goLive(index: number): void {
  const id = server.sockets[index]?.opening.id
  const base = { timestamp: 0, id, channel: 'kb:kb1', topic: 'workspace:w1' }
  server.sockets[index]?.say({ type: 'subscribed', ...base, seq: 1, epoch: 'a' })
  server.sockets[index]?.say({ type: 'caught_up', ...base, seq: 1 })
}

test('a document that was deleted before anybody listened ends the watch', async () => {
  const file = join(folder, 'tea.md')
  await writeFile(file, 'tea\n')
  const watching = await begin(
    ['upload', 'handbook', file, '--watch'],
    uploads(() => ({ body: { items: [] } })),
  )
  await until(watching, () => server.sockets.length === 1)
  goLive(0)
  expect(await watching.ended, watching.stderr()).toBe(1)
  expect(watching.stdout()).toContain('tea.md was deleted')
})

test('a loss of the connection is told, and a read that fails for a while is tried again', async () => {
  const file = join(folder, 'tea.md')
  await writeFile(file, 'tea\n')
  let reads = 0
  const watching = await begin(
    ['upload', 'handbook', file, '--watch'],
    uploads(() => {
      reads += 1
      if (reads === 1) return { body: { items: [row()] } }
      if (reads === 2) return { status: 503, body: refusal('DATABASE_UNAVAILABLE') }
      return { body: { items: [row({ status: 'completed', percentage: 100, chunkCount: 1 })] } }
    }),
  )
  await until(watching, () => server.sockets.length === 1)
  goLive(0)
  await until(watching, () => reads === 1)
  server.sockets[0]?.cut()
  await until(watching, () => server.sockets.length === 2)
  goLive(1)
  expect(await watching.ended, watching.stderr()).toBe(0)
  expect(watching.stdout()).toContain('The connection is lost; trying again.')
  expect(watching.stdout()).toContain('tea.md can be found: 1 passages')
})

test('a place that cannot be written is told before a key is made', async () => {
  const config = join(folder, 'config')
  await writeFile(config, 'in the way')
  const answer: Answer = () => ({ body: {} })
  const login = await begin(['login', '--email', 'ada@example.com'], answer, { input: 'secret\n' })
  expect(await login.ended).toBe(2)
  expect(login.stderr()).toContain('CREDENTIALS_UNWRITABLE')
  expect(login.stderr()).not.toContain('    at ')
  expect(server.requests).toEqual([])
})

const person = { id: 'u1', email: 'ada@example.com', name: 'Ada' }

/** Takes every password, and makes keys; the end of one fails. */
const signIns: Answer = ({ method, url }) => {
  if (url === '/api/auth/login') return { body: { accessToken: 't', expiresIn: 900, user: person } }
  const workspaces = ['Own', 'Lab'].map((name) => ({ id: `id-${name}`, name, role: 'owner' }))
  if (url === '/api/me') return { body: { user: person, workspaces } }
  if (method === 'DELETE') return { status: 503, body: refusal('DATABASE_UNAVAILABLE') }
  const key = { id: 'k1', name: 'k', prefix: 'mr_', scopes: ['read'], createdAt: 1, key: 'mr_new' }
  return { status: 201, body: key }
}

test('login by password makes its key in the workspace that was named', async () => {
  const args = ['login', '--email', person.email, '--workspace', 'lab', '--json']
  const login = await begin(args, signIns, { input: 'secret\n' })
  expect(await login.ended, login.stderr()).toBe(0)
  expect(JSON.parse(login.stdout())).toMatchObject({ email: person.email, workspace: 'Lab' })
  const made = server.requests.find(({ path }) => path === '/api/api-keys')
  expect(made?.headers['x-workspace-id']).toBe('id-Lab')
})

test('a sign-in stands though the key of the one before cannot be ended, and says so', async () => {
  const login = await begin(['login', '--email', person.email, '--json'], signIns, {
    input: 'secret\n',
    before: async (url) => {
      const previous = { url, apiKey: 'mr_old', apiKeyId: 'k0', workspaceId: 'id-Own', email: person.email }
      await mkdir(join(folder, 'config', 'millrace'), { recursive: true })
      await writeFile(join(folder, 'config', 'millrace', 'credentials.json'), JSON.stringify(previous))
    },
  })
  expect(await login.ended, login.stderr()).toBe(0)
  expect(server.requests.map(({ path }) => path)).toContain('/api/api-keys/k0')
  expect(JSON.parse(login.stdout())).toMatchObject({ email: person.email })
  expect(login.stderr()).toContain('The key of your previous sign-in could not be ended')
  const kept = JSON.parse(await readFile(join(folder, 'config', 'millrace', 'credentials.json'), 'utf8'))
  expect(kept).toMatchObject({ apiKey: 'mr_new', apiKeyId: 'k1' })
})
