import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { freePort, owner, post, startProduct } from './support/product.ts'
import { type Spawned, spawnNode } from './support/spawned.ts'
import { waitUntil } from './support/wait-until.ts'

const launcher = fileURLToPath(new URL('../bin/millrace.mjs', import.meta.url))
const waitMs = 60_000

let folder: string
let url: string
let port: number
let product: Spawned
const started: Spawned[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-cli-'))
  port = await freePort()
  const running = await startProduct(join(folder, 'data'), port)
  product = running.process
  url = running.url
  const { accessToken } = await post<{ accessToken: string }>(`${url}/api/auth/setup`, owner)
  await post(`${url}/api/knowledge-bases`, { name: 'Handbook' }, accessToken)
  const signedIn = await millrace(['login', '--url', url, '--email', owner.email], { input: `${owner.password}\n` })
  expect(signedIn).toMatchObject({ code: 0, stderr: '' })
})
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop()
})
afterAll(async () => {
  await product?.stop()
  await rm(folder, { recursive: true, force: true })
})

interface Call {
  input?: string
  env?: Record<string, string>
}

function begin(args: string[], { input = '', env = {} }: Call = {}): Spawned {
  const spawned = spawnNode([launcher, ...args], { XDG_CONFIG_HOME: join(folder, 'config'), ...env }, input)
  started.push(spawned)
  return spawned
}

async function millrace(args: string[], call: Call = {}) {
  const spawned = begin(args, call)
  const code = await spawned.ended
  return { code, stdout: spawned.stdout(), stderr: spawned.stderr() }
}

const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('login keeps a key that only the user can read, and no password', async () => {
  const path = join(folder, 'config', 'millrace', 'credentials.json')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const text = await readFile(path, 'utf8')
  expect(JSON.parse(text)).toMatchObject({ url, email: owner.email, apiKey: expect.stringMatching(/^mr_/) })
  expect(text).not.toContain(owner.password)
})

test('a wrong password is refused with its code, and what was kept stays', async () => {
  const answer = await millrace(['login', '--email', owner.email], { input: 'wrong password\n' })
  expect(answer.code).toBe(3)
  expect(answer.stderr).toContain('INVALID_CREDENTIALS: E-mail or password is wrong.')
  expect(answer.stderr).not.toContain('    at ')
  expect((await millrace(['workflows'])).stdout).toContain('Review desk')
})

test('a key is sent to no other server than its own', async () => {
  const answer = await millrace(['workflows'], { env: { MILLRACE_URL: 'http://127.0.0.1:9' } })
  expect(answer).toMatchObject({ code: 3, stdout: '' })
  expect(answer.stderr).toContain('NOT_AUTHENTICATED: Nobody is signed in at http://127.0.0.1:9')
})

test('a server that is away, as JSON and as a sentence', async () => {
  const away = { env: { MILLRACE_URL: `http://127.0.0.1:${await freePort()}`, MILLRACE_API_KEY: 'mr_any' } }
  const told = await millrace(['workflows'], away)
  expect(told.code).toBe(3)
  expect(told.stderr).toMatch(/SERVER_AWAY: .* does not answer \(ECONNREFUSED\)/)
  const json = await millrace(['workflows', '--json'], away)
  expect(jsonLines(json.stderr)).toMatchObject([{ error: { code: 'SERVER_AWAY', advice: expect.any(String) } }])
})

test('an unknown workflow, and an input that does not fit', async () => {
  const unknown = await millrace(['run', 'No such thing'])
  expect(unknown.code).toBe(3)
  expect(unknown.stderr).toContain('WORKFLOW_NOT_FOUND: There is no workflow "No such thing".')
  expect(unknown.stderr).toContain('millrace workflows')
  const bad = await millrace(['run', 'review desk', '--input', 'tone=rude'])
  expect(bad.code).toBe(3)
  expect(bad.stderr).toContain('Tone must be one of')
  expect((await millrace(['run'])).code).toBe(2)
})

test('a run is watched to its end while another process answers its question', async () => {
  const watching = begin(['run', 'Review desk', '--input', 'topic=The new lift', '--input', 'tone=brief', '--watch'])
  await waitUntil(() => watching.stdout().includes('waits for an answer'), {
    timeoutMs: waitMs,
    describe: () => watching.stdout() + watching.stderr(),
  })
  const executionId = /millrace answer '?([^' ]+)/.exec(watching.stdout())?.[1] ?? ''
  const second = await millrace(['answer', executionId, 'approve', '--json'])
  expect(jsonLines(second.stdout)).toMatchObject([{ accepted: true, response: { choice: 'approve' } }])
  expect(await watching.ended).toBe(0)
  const text = watching.stdout()
  const order = [
    'Draft queued',
    'Draft running',
    'Draft │ ',
    'Draft completed',
    'waits for an answer',
    'Olive Owner: approve',
    'Completed',
  ]
  const places = order.map((part) => text.indexOf(part))
  expect(places, text).toEqual(places.toSorted((a, b) => a - b))
  expect(places).not.toContain(-1)
  expect(text).not.toContain('\u001b')
  const run = /runs as (\S+)/.exec(text)?.[1] ?? ''
  const again = await millrace(['watch', run, '--json'])
  expect(again.code).toBe(0)
  const [snapshot] = jsonLines(again.stdout)
  const { state } = snapshot as { state: { status: string; outputs: { notice: string } } }
  expect(state.status).toBe('completed')
  // What was streamed, line by line, is what the run put out.
  const streamed = text.split('\n').filter((line) => line.startsWith('  Draft │ '))
  expect(streamed.map((line) => line.slice('  Draft │ '.length)).join('\n')).toBe(state.outputs.notice)
})

test('JSON lines hold every event once and in order; a restart of the server loses none; Ctrl-C only detaches', async () => {
  const watching = begin(['run', 'Review desk', '--input-json', '-', '--watch', '--json'], { input: '{"topic":"Tea"}' })
  const seen = () => jsonLines(watching.stdout().slice(0, watching.stdout().lastIndexOf('\n')))
  await waitUntil(() => watching.stdout().includes('"node:stream"'), { timeoutMs: waitMs, describe: watching.stderr })
  const executionId = String(seen()[0]?.executionId)
  await product.stop()
  product = (await startProduct(join(folder, 'data'), port)).process
  await waitUntil(() => watching.stdout().includes('"user:input:required"'), {
    timeoutMs: waitMs,
    describe: () => watching.stdout().slice(-2000) + watching.stderr(),
  })
  expect(watching.stderr()).toContain('Connected again; nothing was missed.')
  watching.child.kill('SIGINT')
  expect(await watching.ended).toBe(130)
  expect(watching.stderr()).toContain(`Detached; the run goes on. See it again with: millrace watch ${executionId}`)

  const frames = seen().slice(1) as { seq: number; count?: number; type: string }[]
  for (const [index, { seq, count = 1, type }] of frames.entries()) {
    if (type !== 'snapshot') expect(seq - count).toBe(frames[index - 1]?.seq ?? 0)
  }
  const waiting = await millrace(['executions', '--status', 'waiting', '--workflow', 'Review desk', '--json'])
  expect(jsonLines(waiting.stdout).map((run) => run.executionId)).toContain(executionId)

  const undecided = await millrace(['answer', executionId])
  expect(undecided).toMatchObject({ code: 2, stderr: expect.stringContaining('redo, edit, approve') })
  const paused = await millrace(['pause', executionId, '--reason', 'lunch'])
  expect(paused).toMatchObject({ code: 0, stdout: `${executionId} is paused.\n` })
  const held = await millrace(['executions', '--status', 'paused', '--json'])
  expect(jsonLines(held.stdout).map((run) => run.executionId)).toEqual([executionId])
  const resumed = await millrace(['resume', executionId, '--json'])
  expect(jsonLines(resumed.stdout)).toEqual([{ executionId, status: 'waiting' }])
  expect((await millrace(['cancel', executionId, '--reason', 'enough'])).code).toBe(0)
  const ended = await millrace(['watch', executionId])
  expect(ended.code).toBe(1)
  expect(ended.stdout).toContain('Cancelled')
})

test('files are uploaded and followed until they can be found; one that cannot be read fails', async () => {
  const good = join(folder, 'tea.md')
  const bad = join(folder, 'broken.pdf')
  await writeFile(good, '# Tea\n\nTea is served at four.\n')
  await writeFile(bad, '%PDF-1.4 broken')
  const told = await millrace(['upload', 'handbook', good, '--watch'])
  expect(told, told.stderr).toMatchObject({ code: 0 })
  expect(told.stdout).toContain('tea.md can be found: 1 passages')
  const mixed = await millrace(['upload', 'handbook', good, bad, '--watch', '--json'])
  expect(mixed.code, mixed.stderr).toBe(1)
  expect(jsonLines(mixed.stdout).length).toBeGreaterThan(2)
  expect((await millrace(['upload', 'handbook', join(folder, 'missing.md')])).code).toBe(2)
})

test('logout forgets the key, and ends it when asked to', async () => {
  const env = { XDG_CONFIG_HOME: join(folder, 'other') }
  const input = `${owner.password}\n`
  await millrace(['login', '--url', url, '--email', owner.email], { env, input })
  const kept = JSON.parse(await readFile(join(folder, 'other', 'millrace', 'credentials.json'), 'utf8')) as {
    apiKey: string
  }
  expect((await millrace(['logout', '--revoke'], { env, input })).stdout).toContain('Its key is revoked.')
  const withOldKey = { env: { MILLRACE_URL: url, MILLRACE_API_KEY: kept.apiKey } }
  expect((await millrace(['workflows'], withOldKey)).stderr).toContain('INVALID_TOKEN')
  expect((await millrace(['workflows', '--url', url], { env })).stderr).toContain('NOT_AUTHENTICATED')
})
