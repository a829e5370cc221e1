import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEmbeddings } from '../src/knowledge/embedding/embeddings.ts'
import { type FakeModelServer, type SeenRequest, startFakeModelServer } from './support/fake-model-server.ts'

const secret = 'secret-key-that-must-not-be-seen'
let server: FakeModelServer
beforeEach(async () => {
  server = await startFakeModelServer()
})
afterEach(() => server.close())

const openai = (dimensions = 3, apiKey: string | null = secret) =>
  createEmbeddings({ baseUrl: server.baseUrl, apiKey, model: 'small', dimensions }).current

const signal = () => new AbortController().signal

function vectors(response: ServerResponse, { body }: SeenRequest): void {
  const data = (body['input'] as string[]).map((text, index) => ({
    object: 'embedding',
    index,
    embedding: [text.length, 0, 1],
  }))
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ object: 'list', data, model: 'small', usage: { prompt_tokens: 1, total_tokens: 1 } }))
}

describe('embeddings of an OpenAI-compatible server', () => {
  it('come in one call per batch, scaled to length 1, with the key', async () => {
    server.answer(vectors)
    const [first, second] = await openai().embed(['abc', 'a'], signal())
    expect(first?.map((value) => Math.round(value * 1000) / 1000)).toEqual([0.949, 0, 0.316])
    expect(second).toHaveLength(3)
    expect(server.seen).toMatchObject([
      {
        url: '/v1/embeddings',
        headers: { authorization: `Bearer ${secret}` },
        body: { model: 'small', input: ['abc', 'a'] },
      },
    ])
  })

  it('need no key where the server wants none', async () => {
    server.answer(vectors)
    await openai(3, null).embed(['abc'], signal())
    expect(server.seen[0]?.headers.authorization).toBeUndefined()
  })

  it.each([
    [401, 'PROVIDER_REJECTED'],
    [429, 'PROVIDER_UNAVAILABLE'],
    [503, 'PROVIDER_UNAVAILABLE'],
  ])('report status %i as %s, once and without the key', async (status, code) => {
    server.answer(
      (response) =>
        void response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(JSON.stringify({ error: { message: `no: ${secret}` } })),
    )
    const error: unknown = await openai()
      .embed(['abc'], signal())
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code })
    expect(JSON.stringify([error, String(error)])).not.toContain(secret)
    expect(server.seen).toHaveLength(1)
  })

  it('refuse vectors of another length than is set', async () => {
    server.answer(vectors)
    await expect(openai(1536).embed(['abc'], signal())).rejects.toMatchObject({
      code: 'PROVIDER_REJECTED',
      details: { expected: 1536, received: 3 },
    })
  })

  it('end with the reason of the signal', async () => {
    const stop = new AbortController()
    const reason = new Error('deleted')
    server.answer(() => stop.abort(reason))
    await expect(openai().embed(['abc'], stop.signal)).rejects.toBe(reason)
  })
})

describe('createEmbeddings', () => {
  it('keeps the built-in one for knowledge bases made with it', () => {
    const embeddings = createEmbeddings({ baseUrl: server.baseUrl, apiKey: null, model: 'small', dimensions: 3 })
    expect(embeddings.current.name).toBe('small-3')
    expect(embeddings.byName('local-hash-384')?.dimensions).toBe(384)
    expect(embeddings.byName('gone-768')).toBeNull()
    expect(createEmbeddings(null).current.name).toBe('local-hash-384')
  })
})
