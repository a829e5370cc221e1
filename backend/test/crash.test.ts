import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KnowledgeDocument } from '@millrace/shared/api/knowledge'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { approval, demoWriter, edge, result, startNode } from './support/definitions.ts'
import { anomaliesOf } from './support/event-checker.ts'
import { ProductClient } from './support/product-client.ts'
import { type ProductProcess, startProduct } from './support/product-process.ts'
import { waitUntil } from './support/wait-until.ts'

/** The embedded product, killed as a power cut would, and started again on the same folder. */
describe('kill -9 of the whole product', () => {
  let dataDir: string
  let product: ProductProcess
  let client: ProductClient

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'millrace-crash-'))
    product = await startProduct({ dataDir })
    client = await ProductClient.signedIn(product.baseUrl)
  })
  afterEach(async () => {
    expect(await product.stop()).toBe(0)
    await rm(dataDir, { recursive: true, force: true })
  })

  async function crashAndRestart(): Promise<void> {
    await product.kill()
    product = await startProduct({ dataDir, port: product.port })
    client = await ProductClient.signedIn(product.baseUrl)
  }

  it('keeps a question open and lets its answer finish the run', async () => {
    const workflow = await client.createWorkflow('Ask', {
      nodes: [startNode(), approval('ask'), result('{{ ask.choice }}')],
      edges: [edge('start', 'ask'), edge('ask', 'result', 'approve'), edge('ask', 'result', 'reject')],
    })
    const executionId = await client.start(workflow.id)
    const { requestId } = await client.openPrompt(executionId)
    const before = await client.events(executionId)
    await crashAndRestart()
    expect((await client.events(executionId)).slice(0, before.length)).toEqual(before)
    expect(await client.answer(requestId, { choice: 'approve' })).toMatchObject({
      status: 200,
      body: { accepted: true },
    })
    const execution = await client.waitForStatus(executionId, ['completed', 'failed'])
    expect(execution).toMatchObject({ status: 'completed', outputs: { text: 'approve' } })
    expect(anomaliesOf(await client.events(executionId))).toEqual([])
  })

  it('ends a run that was streaming, with no event lost, doubled or out of order, and no finished step repeated', async () => {
    const workflow = await client.createWorkflow('Stream', {
      nodes: [
        startNode(),
        demoWriter('first', { tokens: 20, tokensPerSecond: 500 }),
        demoWriter('second', { tokens: 200, tokensPerSecond: 60 }),
        result('{{ second.text }}'),
      ],
      edges: [edge('start', 'first'), edge('first', 'second'), edge('second', 'result')],
    })
    const executionId = await client.start(workflow.id)
    await waitUntil(
      async () =>
        (await client.events(executionId)).filter((event) => event.type === 'node:stream' && event.nodeId === 'second')
          .length > 5,
      { describe: () => 'passages of the second step' },
    )
    await crashAndRestart()
    const execution = await client.waitForStatus(executionId, ['completed', 'failed'])
    expect(execution.status).toBe('completed')
    const events = await client.events(executionId)
    expect(anomaliesOf(events)).toEqual([])
    const started = events.filter((event) => event.type === 'node:started')
    expect(started.filter((event) => event.nodeId === 'first')).toHaveLength(1)
    expect(started.filter((event) => event.nodeId === 'second').map((event) => event.attempt)).toEqual([1, 2])
    expect(events.filter((event) => event.type === 'node:retry')).toMatchObject([
      { nodeId: 'second', attempt: 1, error: { code: 'WORKER_LOST' } },
    ])
    const text = events
      .flatMap((event) =>
        event.type === 'node:stream' && event.nodeId === 'second' && event.attempt === 2 ? [event.chunk] : [],
      )
      .join('')
    expect(execution.outputs).toEqual({ text })
  })

  it('goes on with a document where it was, and doubles no passage', async () => {
    const base = await client.call<{ id: string }>('POST', '/api/knowledge-bases', { name: 'Crash' })
    const form = new FormData()
    const paragraphs = Array.from(
      { length: 3000 },
      (_, index) =>
        `Paragraph ${index}. Oak plank number ${index} is delivered in week ${index % 52} and costs ${index} euro per square metre, treated with oil.`,
    )
    form.append('files', new Blob([paragraphs.join('\n\n')], { type: 'text/plain' }), 'planks.txt')
    const { items } = await client.call<{ items: KnowledgeDocument[] }>(
      'POST',
      `/api/knowledge-bases/${base.id}/documents`,
      form,
    )
    const documentId = items[0]?.documentId ?? ''
    const read = async () =>
      (
        await client.call<{ items: KnowledgeDocument[] }>('GET', `/api/knowledge-bases/${base.id}/documents`)
      ).items.find((item) => item.documentId === documentId)
    await waitUntil(async () => ['processing', 'completed'].includes((await read())?.status ?? ''), {
      intervalMs: 5,
      describe: () => 'the document is being processed',
    })
    await crashAndRestart()
    await waitUntil(async () => ['completed', 'failed'].includes((await read())?.status ?? ''), {
      timeoutMs: 90_000,
      intervalMs: 200,
      describe: () => 'the document is done',
    })
    const document = await read()
    expect(document).toMatchObject({ status: 'completed', percentage: 100 })
    const { items: hits } = await client.call<{ items: { text: string }[] }>(
      'POST',
      `/api/knowledge-bases/${base.id}/search`,
      { query: 'Oak plank number 2718', limit: 20 },
    )
    expect(hits[0]?.text).toContain('2718')
    expect(new Set(hits.map(({ text }) => text)).size).toBe(hits.length)
  })
})
