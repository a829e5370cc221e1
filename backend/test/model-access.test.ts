import { afterEach, beforeEach, expect, it } from 'vitest'
import { Closers } from '../src/compose/closers.ts'
import { openModelFetch } from '../src/compose/open-model-fetch.ts'
import { createEmbeddings } from '../src/knowledge/embedding/embeddings.ts'
import { type FakeModelServer, startFakeModelServer } from './support/fake-model-server.ts'
import { silentLogger } from './support/silent-logger.ts'

let ours: FakeModelServer
let other: FakeModelServer
let closers: Closers
beforeEach(async () => {
  ours = await startFakeModelServer()
  other = await startFakeModelServer()
  closers = new Closers()
})
afterEach(async () => {
  await closers.closeAll(silentLogger as never)
  await Promise.all([ours.close(), other.close()])
})

it('reaches the embeddings of the settings on a private address, and lets nobody else use that way', async () => {
  const vector = { data: [{ embedding: [1, 0, 0], index: 0 }], model: 'small', usage: { prompt_tokens: 1 } }
  ours.answer((response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(vector))
  })
  const embeddings = { baseUrl: ours.baseUrl, model: 'small', apiKey: null, dimensions: 3 }
  const nodes = { allowPrivateAddresses: false, modelHosts: [], concurrentStepsMax: 1 }
  const access = openModelFetch({ nodes, embeddings }, closers)
  const { current } = createEmbeddings(embeddings, access.embeddingFetch)
  expect(await current.embed(['a'], new AbortController().signal)).toEqual([[1, 0, 0]])
  await expect(access.fetch(ours.baseUrl)).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' })
  const elsewhere = createEmbeddings({ ...embeddings, baseUrl: other.baseUrl }, access.embeddingFetch).current
  await expect(elsewhere.embed(['a'], new AbortController().signal)).rejects.toMatchObject({
    code: 'HTTP_ADDRESS_REFUSED',
  })
  expect([ours.seen.length, other.seen.length]).toEqual([1, 0])
})
