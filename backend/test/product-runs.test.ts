import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Prompt } from '@millrace/shared/api/prompts'
import type { Workflow } from '@millrace/shared/api/workflows'
import { applyEvent, emptyExecutionView } from '@millrace/shared/engine/reducer'
import type { WorkflowEvent, WorkflowEventType } from '@millrace/shared/events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approval, demoWriter, edge, result, startNode, writersInARow } from './support/definitions.ts'
import { anomaliesOf } from './support/event-checker.ts'
import { openSocket, watchExecution } from './support/live-viewer.ts'
import { owner, ProductClient } from './support/product-client.ts'
import { type ProductProcess, startProduct } from './support/product-process.ts'
import { waitUntil } from './support/wait-until.ts'

/** Above the largest value that an event carries itself, 64 KiB. */
const largeText = 'oak '.repeat(25_000)
const fast = { tokens: 10, tokensPerSecond: 500 }

/** Runs of the whole product in a process of its own, over its public doors only. */
describe('a run of the product', () => {
  let dataDir: string
  let product: ProductProcess | undefined
  let client: ProductClient
  let neighbour: Server
  let neighbourUrl: string
  let flakyCalls = 0

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'millrace-runs-'))
    neighbour = createServer((request, response) => {
      if (request.url === '/large') return response.end(largeText)
      if (request.url === '/broken') return response.writeHead(500).end('broken')
      flakyCalls += 1
      return response.writeHead(flakyCalls <= 2 ? 503 : 200, { 'content-type': 'application/json' }).end('{"oak":7}')
    })
    await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve))
    neighbourUrl = `http://127.0.0.1:${(neighbour.address() as AddressInfo).port}`
    await startProduct({
      dataDir,
      env: { MILLRACE_ALLOW_PRIVATE_ADDRESSES: 'true' },
      onSpawn: (spawned) => {
        product = spawned
      },
    })
    client = await ProductClient.signedIn(product?.baseUrl ?? '')
  })
  afterAll(async () => {
    neighbour.closeAllConnections()
    neighbour.close()
    const exitCode = await product?.stop()
    await rm(dataDir, { recursive: true, force: true })
    expect(exitCode).toBe(0)
  })

  const call = (id: string, path: string, extra: object = {}) => ({
    id,
    type: 'http',
    name: id,
    config: { method: 'GET', url: `${neighbourUrl}${path}` },
    ...extra,
  })

  async function begin(nodes: unknown[], edges: unknown[], input: Record<string, unknown> = {}): Promise<string> {
    const workflow = await client.createWorkflow('Run', { nodes, edges })
    return client.start(workflow.id, input)
  }

  /** Waits for the end, and for the promise: every event once, in order, none missing. */
  async function end(executionId: string) {
    const execution = await client.waitForStatus(executionId, ['completed', 'failed', 'cancelled'])
    const events = await client.events(executionId)
    expect(anomaliesOf(events)).toEqual([])
    return { execution, events }
  }

  const ofType = <Type extends WorkflowEventType>(events: WorkflowEvent[], type: Type, nodeId?: string) =>
    events.filter(
      (event): event is Extract<WorkflowEvent, { type: Type }> =>
        event.type === type && (nodeId === undefined || ('nodeId' in event && event.nodeId === nodeId)),
    )

  /** The question that is open now and none of those known. */
  async function nextPrompt(executionId: string, known: ReadonlySet<string>): Promise<Prompt> {
    const found: Prompt[] = []
    await waitUntil(
      async () => {
        const { items } = await client.call<{ items: Prompt[] }>(
          'GET',
          `/api/prompts?status=open&executionId=${executionId}`,
        )
        found.push(...items.filter(({ requestId }) => !known.has(requestId)))
        return found.length > 0
      },
      { timeoutMs: 60_000, intervalMs: 50, describe: () => 'the next question' },
    )
    const [prompt] = found
    if (prompt === undefined) throw new Error('unreachable')
    return prompt
  }

  it('tries a model again, and says when', async () => {
    const demo = { ...fast, failAfterTokens: 3, failAttempts: 1 }
    const executionId = await begin(
      [startNode(), demoWriter('write', demo, { retry: { initialIntervalMs: 200 } }), result('{{ write.text }}')],
      [edge('start', 'write'), edge('write', 'result')],
    )
    const { execution, events } = await end(executionId)
    expect(execution).toMatchObject({ status: 'completed', nodes: { write: { status: 'completed', attempt: 2 } } })
    const [retry, ...others] = ofType(events, 'node:retry')
    expect(others).toEqual([])
    expect(retry).toMatchObject({ nodeId: 'write', attempt: 1, error: { message: expect.any(String) } })
    expect(retry?.nextRetryIn).toBeGreaterThan(0)
    const second = ofType(events, 'node:stream').filter(({ attempt }) => attempt === 2)
    expect(execution.outputs).toEqual({ text: second.map(({ chunk }) => chunk).join('') })
  })

  it('tries an address again that answers 503 twice', async () => {
    flakyCalls = 0
    const executionId = await begin(
      [startNode(), call('shop', '/flaky', { retry: { initialIntervalMs: 100 } }), result('{{ shop.body.oak }}')],
      [edge('start', 'shop'), edge('shop', 'result')],
    )
    const { execution, events } = await end(executionId)
    expect(execution).toMatchObject({ status: 'completed', outputs: { text: '7' }, nodes: { shop: { attempt: 3 } } })
    expect(ofType(events, 'node:retry').map(({ attempt }) => attempt)).toEqual([1, 2])
    expect(flakyCalls).toBe(3)
  })

  it('is stopped while it waits for a person, and closes the question for good', async () => {
    const executionId = await begin([startNode(), approval('ask')], [edge('start', 'ask')])
    const { requestId } = await client.openPrompt(executionId)
    const cancel = `/api/executions/${executionId}/cancel`
    expect((await client.request('POST', cancel, { reason: 'Changed my mind' })).status).toBe(202)
    const { execution, events } = await end(executionId)
    expect(execution.status).toBe('cancelled')
    expect(ofType(events, 'user:input:withdrawn')).toMatchObject([{ requestId }])
    expect(ofType(events, 'execution:cancelled')).toHaveLength(1)
    const path = `/api/prompts/${encodeURIComponent(requestId)}`
    expect(await client.call('GET', path)).toMatchObject({ status: 'withdrawn' })
    expect(await client.answer(requestId, 'approve')).toMatchObject({ status: 409, body: { code: 'PROMPT_CLOSED' } })
    expect(await client.request('POST', cancel, {})).toMatchObject({
      status: 409,
      body: { code: 'EXECUTION_FINISHED' },
    })
    expect(await client.events(executionId)).toEqual(events)
  })

  it('takes one of twenty answers at the same time, and tells the others who was first and when', async () => {
    const executionId = await begin(
      [startNode(), approval('ask', { kind: 'text' }), result('{{ ask.text }}')],
      [edge('start', 'ask'), edge('ask', 'result')],
    )
    const { requestId } = await client.openPrompt(executionId)
    const texts = Array.from({ length: 20 }, (_, index) => `answer ${index}`)
    const answers = await Promise.all(texts.map((text) => client.answer(requestId, { text })))
    const accepted = answers.flatMap(({ status }, index) => (status === 200 ? [texts[index]] : []))
    expect(accepted).toHaveLength(1)
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused).toHaveLength(19)
    for (const answer of refused) {
      expect(answer).toMatchObject({
        status: 409,
        body: {
          code: 'PROMPT_ALREADY_ANSWERED',
          details: { answeredBy: { name: owner.name }, answeredAt: expect.any(Number) },
        },
      })
    }
    const { execution, events } = await end(executionId)
    expect(execution.outputs).toEqual({ text: accepted[0] })
    expect(ofType(events, 'user:input:received')).toHaveLength(1)
  })

  it('begins once however often the same start is sent', async () => {
    const workflow = await client.createWorkflow('Once', writersInARow(1, fast))
    const send = () =>
      client.request<{ executionId: string }>(
        'POST',
        `/api/workflows/${workflow.id}/executions`,
        { input: {} },
        { 'idempotency-key': 'one-click' },
      )
    const answers = [...(await Promise.all([send(), send(), send()])), await send()]
    const ids = new Set(answers.flatMap(({ status, body }) => (status === 202 ? [body.executionId] : [])))
    expect(ids.size).toBe(1)
    await end([...ids].join())
    const { items } = await client.call<{ items: unknown[] }>('GET', `/api/executions?workflowId=${workflow.id}`)
    expect(items).toHaveLength(1)
  })

  it('goes back twice and then on', async () => {
    const choices = ['approve', 'redo'].map((id) => ({ id, label: id }))
    const executionId = await begin(
      [
        startNode(),
        demoWriter('draft', fast),
        approval('review', { kind: 'choice', choices }),
        result('{{ draft.text }}'),
      ],
      [
        edge('start', 'draft'),
        edge('draft', 'review'),
        edge('review', 'draft', 'redo', { loop: { maxIterations: 3 } }),
        edge('review', 'result', 'approve'),
      ],
    )
    const known = new Set<string>()
    for (const choice of ['redo', 'redo', 'approve']) {
      const { requestId } = await nextPrompt(executionId, known)
      known.add(requestId)
      expect((await client.answer(requestId, { choice })).status).toBe(200)
    }
    const { execution, events } = await end(executionId)
    expect(execution.status).toBe('completed')
    expect(ofType(events, 'node:completed', 'draft').map(({ iteration }) => iteration)).toEqual([1, 2, 3])
    const last = ofType(events, 'node:stream', 'draft').filter(({ iteration }) => iteration === 3)
    expect(execution.outputs).toEqual({ text: last.map(({ chunk }) => chunk).join('') })
  })

  it('goes on by the way for late answers when a question expires', async () => {
    const executionId = await begin(
      [startNode(), approval('ask', { deadlineMs: 1000 }), result('{{ ask.choice }}')],
      [edge('start', 'ask'), edge('ask', 'result', 'expired')],
    )
    const { execution, events } = await end(executionId)
    expect(execution).toMatchObject({ status: 'completed', outputs: { text: 'expired' } })
    const [expired] = ofType(events, 'user:input:expired')
    expect(await client.answer(expired?.requestId ?? '', 'approve')).toMatchObject({ status: 409 })
  })

  it('takes the way for errors, with the error at hand', async () => {
    const broken = call('shop', '/broken', { onError: 'branch', retry: { maxAttempts: 1 } })
    const executionId = await begin(
      [startNode(), broken, demoWriter('fine', fast), result('{{ shop.error.code }}')],
      [edge('start', 'shop'), edge('shop', 'fine'), edge('shop', 'result', 'error')],
    )
    const { execution, events } = await end(executionId)
    expect(execution).toMatchObject({
      status: 'completed',
      nodes: { shop: { status: 'failed' }, fine: { status: 'skipped' } },
    })
    const [failed] = ofType(events, 'node:failed')
    expect(failed).toMatchObject({ nodeId: 'shop', handled: 'branch' })
    expect(execution.outputs).toEqual({ text: failed?.error.code })
  })

  it('skips the way not taken and says why', async () => {
    const amount = { name: 'amount', label: 'Amount', type: 'number', required: true }
    const executionId = await begin(
      [
        startNode([amount]),
        { id: 'large', type: 'condition', name: 'Large amount?', config: { expression: 'start.amount > 500' } },
        demoWriter('ask', fast),
        result('{{ start.amount }}', { join: 'any' }),
      ],
      [edge('start', 'large'), edge('large', 'ask', 'yes'), edge('large', 'result', 'no'), edge('ask', 'result')],
      { amount: 20 },
    )
    const { execution } = await end(executionId)
    expect(execution).toMatchObject({
      status: 'completed',
      outputs: { text: '20' },
      nodes: { ask: { status: 'skipped' } },
    })
    expect(execution.nodes['ask']?.reason).toBe('Large amount? went the other way')
  })

  it('does two steps at the same time', async () => {
    const slow = { tokens: 40, tokensPerSecond: 40 }
    const executionId = await begin(
      [startNode(), demoWriter('a', slow), demoWriter('b', slow), result('{{ a.text }}{{ b.text }}')],
      [edge('start', 'a'), edge('start', 'b'), edge('a', 'result'), edge('b', 'result')],
    )
    const { execution, events } = await end(executionId)
    expect(execution.status).toBe('completed')
    const starts = ['a', 'b'].map((id) => ofType(events, 'node:started', id)[0]?.seq ?? Number.POSITIVE_INFINITY)
    const ends = ['a', 'b'].map((id) => ofType(events, 'node:completed', id)[0]?.seq ?? 0)
    expect(Math.max(...starts)).toBeLessThan(Math.min(...ends))
  })

  it('keeps a large output apart and hands it out whole', async () => {
    const executionId = await begin(
      [startNode(), call('shop', '/large'), result('{{ shop.status }}')],
      [edge('start', 'shop'), edge('shop', 'result')],
    )
    const { execution, events } = await end(executionId)
    expect(execution.outputs).toEqual({ text: '200' })
    const [completed] = ofType(events, 'node:completed', 'shop')
    expect(completed?.output).toBeUndefined()
    const ref = completed?.outputRef?.ref ?? ''
    expect(await client.call('GET', `/api/executions/${executionId}/outputs/${ref}`)).toMatchObject({ body: largeText })
    const foreign = await begin([startNode()], [])
    await end(foreign)
    expect((await client.request('GET', `/api/executions/${foreign}/outputs/no-such`)).status).toBe(404)
  })

  it('finds what was uploaded, whose way everybody saw without asking', async () => {
    const socket = openSocket(client)
    const heard: WorkflowEvent[] = []
    socket.on('kb:document:processing', (event) => heard.push(event))
    socket.on('kb:document:completed', (event) => heard.push(event))
    await waitUntil(() => socket.state.status === 'live', { describe: () => JSON.stringify(socket.state) })
    const base = await client.call<{ id: string }>('POST', '/api/knowledge-bases', { name: 'Floors' })
    const form = new FormData()
    form.append('files', new Blob(['The oak floor is oiled twice a year.'], { type: 'text/plain' }), 'care.txt')
    await client.call('POST', `/api/knowledge-bases/${base.id}/documents`, form)
    await waitUntil(() => heard.some(({ type }) => type === 'kb:document:completed'), {
      timeoutMs: 60_000,
      describe: () => JSON.stringify(heard),
    })
    socket.close()
    const stages = heard.flatMap((event) => (event.type === 'kb:document:processing' ? [event.percentage] : []))
    expect(stages).toEqual(stages.toSorted((left, right) => left - right))
    expect(heard.at(-1)).toMatchObject({ documentName: 'care.txt', knowledgeBaseId: base.id })

    const config = { knowledgeBaseId: base.id, query: 'How often is an oak floor oiled?' }
    const executionId = await begin(
      [startNode(), { id: 'search', type: 'knowledge_search', name: 'Search', config }, result('{{ search.text }}')],
      [edge('start', 'search'), edge('search', 'result')],
    )
    const { execution } = await end(executionId)
    expect(execution.outputs?.['text']).toContain('oiled twice a year')
  })

  it('looks the same to whoever came first, late, or back', async () => {
    const workflow = await client.createWorkflow('Watched', writersInARow(3, { tokens: 60, tokensPerSecond: 60 }))
    const executionId = await client.start(workflow.id)
    const first = watchExecution(client, executionId)
    const back = watchExecution(client, executionId)
    const streamed = (seen: WorkflowEvent[]) => seen.filter(({ type }) => type === 'node:stream').length
    await waitUntil(() => streamed(back.seen) > 3, { timeoutMs: 60_000, describe: () => 'text comes' })
    const snapshotsBefore = back.snapshotCount()
    back.socket.close()
    const closedAt = back.seen.at(-1)?.seq ?? 0
    await waitUntil(() => (first.seen.at(-1)?.seq ?? 0) > closedAt + 5, { timeoutMs: 60_000 })
    const late = watchExecution(client, executionId)
    back.socket.connect()
    const viewers = [first, back, late]
    await waitUntil(() => viewers.every(({ hasEnded }) => hasEnded()), {
      timeoutMs: 60_000,
      describe: () => JSON.stringify(viewers.map(({ view }) => view()?.seq)),
    })
    for (const { socket } of viewers) socket.close()

    const { events } = await end(executionId)
    const folded = events.reduce(applyEvent, emptyExecutionView(executionId))
    expect(viewers.map(({ view }) => view())).toEqual([folded, folded, folded])
    expect(back.snapshotCount()).toBe(snapshotsBefore)
    expect(late.snapshotCount()).toBe(1)
    for (const { seen } of viewers) {
      const [opening] = seen
      expect(anomaliesOf(seen, (opening?.seq ?? 0) - (opening?.count ?? 1)).filter(isNoJoinInMidText)).toEqual([])
    }
  })

  it('runs from an imported copy as from the original', async () => {
    const original = await client.createWorkflow('Original', writersInARow(2, fast))
    const { definition } = await client.call<Workflow>('GET', `/api/workflows/${original.id}`)
    const exported = JSON.stringify(definition)
    const copy = await client.createWorkflow('Copy', JSON.parse(exported))
    expect(JSON.stringify((await client.call<Workflow>('GET', `/api/workflows/${copy.id}`)).definition)).toBe(exported)
    const runs = await Promise.all([original, copy].map(async ({ id }) => end(await client.start(id))))
    expect(runs.map(({ execution }) => execution.status)).toEqual(['completed', 'completed'])
  })
})

/** Who joins by a snapshot in the middle of a text sees its later passages only. */
function isNoJoinInMidText(anomaly: string): boolean {
  return !/^text of .* jumps from 0 to/.test(anomaly)
}
