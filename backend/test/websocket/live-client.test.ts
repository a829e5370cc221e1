import type { AddressInfo } from 'node:net'
import type { UploadedDocuments } from '@millrace/shared/api/knowledge'
import { createSocketClient, type SocketClient } from '@millrace/shared/client/socket-client'
import type { WebSocketConstructor } from '@millrace/shared/client/web-socket-like'
import { eventId } from '@millrace/shared/events/event-id'
import type { PresenceViewer } from '@millrace/shared/protocol/presence'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import WebSocket from 'ws'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { EventStreamClient } from '../support/event-stream-client.ts'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'
import { waitUntil } from '../support/wait-until.ts'

let http: HttpApp
let url: string
let token: string
let workflowId: string
let owner: { workspaceId: string; userId: string }
const clients: SocketClient[] = []
/** Those that clients opened, to be cut. */
const sockets = new Set<WebSocket>()

class CutSocket extends WebSocket {
  constructor(address: string, protocols?: string[]) {
    super(address, protocols)
    sockets.add(this)
    this.on('close', () => sockets.delete(this))
  }
}

const cut = () => {
  for (const socket of sockets) socket.terminate()
}

beforeAll(async () => {
  http = await openHttpApp()
  token = await setUpOwner(http)
  const { body } = await http.send('GET', '/api/me', { token })
  const me = body as unknown as { user: { id: string }; workspaces: { id: string }[] }
  owner = { workspaceId: me.workspaces[0]?.id ?? '', userId: me.user.id }
  const made = await http.send('POST', '/api/templates/review-desk/workflows', { token })
  workflowId = String(made.body['id'])
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  url = `ws://127.0.0.1:${(http.app.server.address() as AddressInfo).port}/ws`
})
afterAll(async () => {
  await expectQuiet(http.manager)
  await http.close()
})
beforeEach(() => {
  http.engine.beforeAnswer = async () => undefined
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

function open(): SocketClient {
  const client = createSocketClient({
    url,
    getToken: () => token,
    WebSocket: CutSocket as unknown as WebSocketConstructor,
    random: () => 0,
  })
  clients.push(client)
  return client
}

const input = { topic: 'Lift repair' }

async function ask(): Promise<string> {
  const started = await http.send('POST', `/api/workflows/${workflowId}/executions`, { token, body: { input } })
  const executionId = String(started.body['executionId'])
  const nodePath = 'redo[1]/approve'
  const type = 'user:input:required'
  const requestId = `${executionId}:${nodePath}`
  const node = { executionId, nodeId: 'approve', nodePath, iteration: 1, requestId }
  const asked = { nodeName: 'Approve', workflowName: 'Review desk', prompt: 'Shall it go out?' }
  const event = { type, eventId: eventId({ nodePath, type }), timestamp: 1, ...node, ...asked } as const
  await http.emitter.emit(owner, [{ ...event, inputType: 'choice', validation: {} }])
  return requestId
}

async function complete(executionId: string): Promise<void> {
  const type = 'execution:completed'
  const base = { eventId: eventId({ nodePath: null, type }), timestamp: Date.now(), executionId }
  await http.emitter.emit(owner, [{ ...base, type, status: 'completed', outputs: { text: 'Done' }, duration: 1 }])
}

it('D06 gives one answer when the connection is cut in the middle of it', async () => {
  const requestId = await ask()
  const before = http.engine.answers.length
  const reached = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  http.engine.beforeAnswer = () => {
    reached.resolve()
    return held.promise
  }
  const client = open()
  client.connect()
  const answered = client.answer(requestId, 'approve')
  await reached.promise
  cut()
  await waitUntil(() => client.stats().connectCount === 2)
  held.resolve()
  expect(await answered).toMatchObject({ requestId, response: { choice: 'approve' } })
  expect(http.engine.answers.length).toBe(before + 1)
  expect(client.stats().commandCount).toBe(0)
  await expect(client.answer(requestId, { choice: 'redo', text: 'shorter' })).rejects.toMatchObject({
    code: 'PROMPT_ALREADY_ANSWERED',
    details: { answeredBy: { name: 'Olive Owner' } },
  })
})

it('D06 starts one run of what was asked offline, through cuts, and tells its end', async () => {
  const before = http.engine.started.length
  const client = open()
  const starting = client.execute(workflowId, input)
  client.connect()
  const { executionId, result } = await starting
  cut()
  await complete(executionId)
  expect(await result).toMatchObject({ executionId, status: 'completed', outputs: { text: 'Done' } })
  expect(http.engine.started.length).toBe(before + 1)
})

it('U08 records a run of this page once, made offline and cut off in the middle', async () => {
  const client = open()
  const nodes = [{ nodeId: 'start', status: 'completed' as const }]
  const recording = client.recordBrowserRun({
    workflowId,
    input,
    status: 'completed',
    outputs: { text: 'Done' },
    duration: 12,
    nodes,
  })
  client.connect()
  await waitUntil(() => client.stats().connectCount === 1)
  cut()
  const { executionId } = await recording
  const { body } = await http.send('GET', `/api/executions/${executionId}`, { token })
  expect(body).toMatchObject({ origin: 'browser', status: 'completed', outputs: { text: 'Done' } })
  const listed = await http.send('GET', `/api/executions?workflowId=${workflowId}`, { token })
  const items = listed.body['items'] as { origin?: string }[]
  expect(items.filter(({ origin }) => origin === 'browser')).toHaveLength(1)
  const run = { workflowId: 'nowhere', status: 'failed', duration: 1 } as const
  await expect(client.recordBrowserRun(run)).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND' })
})

it('S07 shows a new document to who holds the list of its knowledge base, or of all', async () => {
  const made = await http.send('POST', '/api/knowledge-bases', { token, body: { name: 'Handbook' } })
  const knowledgeBaseId = String(made.body['id'])
  const client = open()
  const shown = new Map<string, string[]>()
  for (const channel of ['kb', `kb:${knowledgeBaseId}`]) {
    client.followChannel(channel, {
      onItems: (items) => {
        const names = items.flatMap((item) => ('documentId' in item ? item.name : []))
        shown.set(channel, names)
      },
    })
  }
  client.connect()
  await waitUntil(() => client.state.status === 'live' && shown.size === 2)
  const files = new FormData()
  files.append('files', new Blob(['Lifts are repaired within a day.']), 'lifts.txt')
  const address = `${url.replace('ws:', 'http:').replace(/\/ws$/, '')}/api/knowledge-bases/${knowledgeBaseId}/documents`
  const headers = { authorization: `Bearer ${token}` }
  const uploaded = (await (await fetch(address, { method: 'POST', headers, body: files })).json()) as UploadedDocuments
  const { documentId = '' } = uploaded.items[0] ?? {}
  // As the worker says when it takes it up.
  const type = 'kb:document:processing'
  const document = { knowledgeBaseId, documentId, documentName: 'lifts.txt' }
  const progress = { stage: 'extracting', completed: 0, total: 1, percentage: 5 } as const
  const event = { eventId: `${documentId}/${type}/-/-`, timestamp: Date.now(), ...document, ...progress }
  await http.emitter.emit(owner, [{ type, ...event }])
  await waitUntil(() => [...shown.values()].every((names) => names.includes('lifts.txt')), {
    describe: () => JSON.stringify([...shown]),
  })
})

it('D06 checks drawings, and rejects what is unanswered when it is closed', async () => {
  const client = open()
  client.connect()
  expect(await client.validate({ nodes: [], edges: [] })).toMatchObject({ valid: false })
  await expect(client.execute('nowhere', {})).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND' })
  client.close()
  const unanswered = client.answer('r', 'yes')
  client.close()
  await expect(unanswered).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
})

it('S13 shows who else watches, and tells its own state again after a cut', async () => {
  const started = await http.send('POST', `/api/workflows/${workflowId}/executions`, { token, body: { input } })
  const executionId = String(started.body['executionId'])
  const [first, second] = [open(), open()]
  let viewers: PresenceViewer[] = []
  first.followExecution(executionId, {
    onPresence: (presence) => {
      viewers = presence.viewers
    },
  })
  second.followExecution(executionId, {})
  second.setPresence(executionId, { node: 'draft' })
  first.connect()
  second.connect()
  const states = () => viewers.flatMap(({ state }) => state ?? [])
  await waitUntil(() => viewers.length === 2 && states().length === 1)
  const idsBefore = viewers.map(({ connectionId }) => connectionId)
  cut()
  await waitUntil(
    () => viewers.length === 2 && states().length === 1 && !viewers.some((one) => idsBefore.includes(one.connectionId)),
    { describe: () => JSON.stringify(viewers) },
  )
  expect(states()).toEqual([{ node: 'draft' }])
  second.setPresence(executionId, {})
  await waitUntil(() => states().length === 0)
  // Who follows over HTTP alone is there, too.
  const address = `${url.replace('ws:', 'http:').replace(/\/ws$/, '')}/api/executions/${executionId}/stream`
  const stream = await EventStreamClient.open(address, { authorization: `Bearer ${token}` })
  await waitUntil(() => viewers.length === 3, { describe: () => JSON.stringify(viewers) })
  stream.close()
  await waitUntil(() => viewers.length === 2)
})
