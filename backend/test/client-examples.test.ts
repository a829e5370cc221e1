import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventId } from '@millrace/shared/events/event-id'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FaultProxy } from './support/fault-proxy.ts'
import { type HttpApp, openHttpApp, setUpOwner } from './support/http-app.ts'
import { waitUntil } from './support/wait-until.ts'

const examples = fileURLToPath(new URL('../../docs/examples/', import.meta.url))

let http: HttpApp
let proxy: FaultProxy
let folder: string
let apiKey: string
let workflowId: string
let token: string
let owner: { workspaceId: string; userId: string }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-examples-'))
  http = await openHttpApp()
  token = await setUpOwner(http)
  const me = (await http.send('GET', '/api/me', { token })).body as unknown as {
    user: { id: string }
    workspaces: { id: string }[]
  }
  owner = { workspaceId: me.workspaces[0]?.id ?? '', userId: me.user.id }
  const made = await http.send('POST', '/api/templates/review-desk/workflows', { token })
  workflowId = String(made.body['id'])
  const key = await http.send('POST', '/api/api-keys', { token, body: { name: 'examples', scopes: ['read'] } })
  apiKey = String(key.body['key'])
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  proxy = await FaultProxy.open({ targetPort: (http.app.server.address() as AddressInfo).port })
})
afterAll(async () => {
  await proxy.close()
  await http.close()
  await rm(folder, { recursive: true })
})

interface Example {
  name: string
  command: () => string[]
}

const hasProgram = (name: string) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0
const hasGo = spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0

const watchers: Example[] = [{ name: 'watch.mjs', command: () => [process.execPath, join(examples, 'watch.mjs')] }]
if (hasProgram('python3')) {
  watchers.push({ name: 'watch.py', command: () => ['python3', join(examples, 'watch.py')] })
}
if (hasGo) watchers.push({ name: 'go-watch', command: () => [buildGo()] })

function buildGo(): string {
  const binary = join(folder, 'go-watch')
  const cwd = join(examples, 'go-watch')
  execFileSync('go', ['build', '-o', binary, '.'], { cwd, env: { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' } })
  return binary
}

const logLine = (executionId: string, ordinal: number) => ({
  type: 'node:log' as const,
  eventId: eventId({ nodePath: 'draft', type: 'node:log', ordinal }),
  timestamp: Date.now(),
  executionId,
  nodeId: 'draft',
  nodePath: 'draft',
  iteration: 1,
  level: 'info' as const,
  message: `line ${ordinal}`,
})

async function startExecution(): Promise<string> {
  const path = `/api/workflows/${workflowId}/executions`
  const reply = await http.send('POST', path, { token, body: { input: { topic: 'Lift repair' } } })
  return String(reply.body['executionId'])
}

function run(
  command: string[],
  executionId: string,
): { child: ChildProcess; lines: () => string[]; seqs: () => number[] } {
  const [program = '', ...rest] = command
  const child = spawn(program, [...rest, `http://127.0.0.1:${proxy.port}`, executionId], {
    env: { PATH: process.env['PATH'] ?? '', MILLRACE_API_KEY: apiKey },
  })
  let output = ''
  const keep = (bytes: Buffer) => {
    output += bytes.toString()
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const lines = () => output.split('\n').filter((line) => line !== '')
  return { child, lines, seqs: () => lines().map((line) => Number.parseInt(line, 10)) }
}

test('says which example programs were not run', () => {
  const missing = [hasProgram('python3') ? '' : 'watch.py (no python3)', hasGo ? '' : 'go-watch (no go)'].filter(
    Boolean,
  )
  if (missing.length > 0) process.stdout.write(`Not run for want of their language: ${missing.join(', ')}\n`)
  expect(watchers.length + missing.length).toBe(3)
})

test.each(watchers)('C18 $name follows a run through a cut to its end, each event once', async ({ command }) => {
  const executionId = await startExecution()
  await http.emitter.emit(owner, [logLine(executionId, 1)])
  const program = run(command(), executionId)
  const exited = once(program.child, 'exit')
  const reached = (seq: number) =>
    waitUntil(() => program.seqs().at(-1) === seq, { describe: () => `${seq} in\n${program.lines().join('\n')}` })
  await reached(2)
  await http.emitter.emit(owner, [logLine(executionId, 2)])
  await reached(3)
  proxy.cutAll('rst')
  for (const ordinal of [3, 4]) await http.emitter.emit(owner, [logLine(executionId, ordinal)])
  await reached(5)
  const failure = { code: 'INTERNAL', message: 'enough' }
  await http.emitter.emit(owner, [
    {
      type: 'execution:failed',
      eventId: eventId({ nodePath: null, type: 'execution:end' }),
      timestamp: Date.now(),
      executionId,
      status: 'failed',
      error: failure,
      duration: 1,
    },
  ])
  expect([await exited, program.seqs()]).toEqual([
    [0, null],
    [2, 3, 4, 5, 6],
  ])
})

test.each(watchers)('C18 $name says that there is no such run', async ({ command }) => {
  const program = run(command(), 'nowhere')
  const [code] = (await once(program.child, 'exit')) as [number]
  expect([code, program.lines().join('\n')]).toEqual([1, expect.stringContaining('EXECUTION_NOT_FOUND')])
})
