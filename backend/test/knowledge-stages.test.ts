import { Readable } from 'node:stream'
import { AppError } from '@millrace/shared/errors/app-error'
import type { EventOwner } from '@millrace/temporal/ports'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DocumentKind, mediaTypes } from '../src/knowledge/document-kinds.ts'
import { newDocumentRow } from '../src/knowledge/document-row.ts'
import { createDocumentStages } from '../src/knowledge/document-stages.ts'
import type { Embedding } from '../src/knowledge/embedding/embedding.ts'
import { resumeIngestions } from '../src/knowledge/start-ingestions.ts'
import { deleteDocument, insertDocuments } from '../src/repositories/documents.ts'
import { insertKnowledgeBase } from '../src/repositories/knowledge-bases.ts'
import { chunks } from '../src/repositories/schema/knowledge.ts'
import { pdfOf } from './support/document-fixtures.ts'
import { type KnowledgeWorld, newWorkspace, openKnowledgeWorld, quiet } from './support/knowledge-world.ts'
import { openTestPglite, type TestDatabase } from './support/test-database.ts'

let test: TestDatabase
let world: KnowledgeWorld
let owner: EventOwner
beforeAll(async () => {
  test = await openTestPglite()
  world = await openKnowledgeWorld(test)
  owner = await newWorkspace(world, 'w1')
  await insertKnowledgeBase(test.database.orm, {
    id: 'kb',
    workspaceId: 'w1',
    name: 'KB',
    description: '',
    embeddingModel: 'local-hash-384',
    dimensions: 384,
    createdBy: 'u',
    createdAt: 1,
  })
})
afterAll(() => test.close())

async function upload(content: string | Buffer, kind: DocumentKind = 'text'): Promise<string> {
  const file = await world.files.receive(Readable.from([Buffer.from(content)]))
  const row = newDocumentRow({ owner, knowledgeBaseId: 'kb', name: `${kind}.file`, mediaType: mediaTypes[kind], file })
  await insertDocuments(test.database.orm, [row])
  return row.id
}

const rowsOf = (documentId: string) =>
  test.database.orm.select().from(chunks).where(eq(chunks.documentId, documentId)).orderBy(chunks.ordinal)

const words = (count: number) =>
  Array.from({ length: count }, (_, index) => `Sentence number ${index} speaks of the harbour.`).join(' ')

describe('document stages', () => {
  it('go from a file to passages that are found, and tell their progress', async () => {
    const documentId = await upload(pdfOf([['The lighthouse keeper sleeps at noon.'], ['Second page']]), 'pdf')
    const progress: string[] = []
    const control = (stage: string) => ({
      ...quiet(),
      onProgress: async (done: number, total: number) => void progress.push(`${stage} ${done}/${total}`),
    })
    expect(await world.stages.extract(documentId, control('extract'))).toMatchObject({ pages: 2 })
    expect(await world.stages.split(documentId, control('split'))).toEqual({ chunkCount: 2 })
    const search = () =>
      world.search.search(owner, {
        knowledgeBaseId: 'kb',
        query: 'lighthouse keeper',
        limit: 5,
        mode: 'hybrid',
        minScore: 0,
      })
    expect(await world.stages.embed(documentId, control('embed'))).toEqual({ chunkCount: 2 })
    expect(await search()).toEqual([])
    expect(await world.stages.index(documentId, control('index'))).toEqual({ chunkCount: 2 })
    expect(await search()).toMatchObject([{ documentId, page: 1, chunkIndex: 0 }])
    expect(progress).toContain('extract 2/2')
    expect(progress.slice(-3)).toEqual(['split 2/2', 'embed 2/2', 'index 2/2'])
  })

  it('double nothing when each is done twice', async () => {
    const documentId = await upload(words(500))
    for (const stage of ['extract', 'split', 'embed', 'index'] as const) {
      const first = await world.stages[stage](documentId, quiet())
      const rows = await rowsOf(documentId)
      expect(await world.stages[stage](documentId, quiet())).toEqual(first)
      expect(await rowsOf(documentId)).toEqual(rows)
    }
    expect((await rowsOf(documentId)).length).toBeGreaterThan(20)
    // Splitting a finished document again takes nothing away either.
    await world.stages.split(documentId, quiet())
    expect(
      (await rowsOf(documentId)).every(({ embedding, indexedAt }) => embedding !== null && indexedAt !== null),
    ).toBe(true)
  })

  it('go on behind the last batch when embedding broke off', async () => {
    const documentId = await upload(words(3000))
    await world.stages.extract(documentId, quiet())
    const { chunkCount } = await world.stages.split(documentId, quiet())
    const seen: string[] = []
    const [local] = [world.embeddings.current]
    const failing: Embedding = {
      ...local,
      async embed(texts, signal) {
        if (seen.length === 2 * local.batchSize) throw new AppError('PROVIDER_UNAVAILABLE')
        seen.push(...texts)
        return local.embed(texts, signal)
      },
    }
    const stagesWith = (embedding: Embedding) =>
      createDocumentStages({
        ...world,
        embeddings: { current: embedding, byName: () => embedding },
        vectors: { usesPgvector: world.usesPgvector },
      })
    await expect(stagesWith(failing).embed(documentId, quiet())).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
    expect(seen).toHaveLength(2 * local.batchSize)
    await expect(world.stages.index(documentId, quiet())).rejects.toMatchObject({ code: 'INTERNAL' })

    const again: string[] = []
    const progress: number[] = []
    const counting: Embedding = {
      ...local,
      embed: (texts, signal) => {
        again.push(...texts)
        return local.embed(texts, signal)
      },
    }
    await stagesWith(counting).embed(documentId, { ...quiet(), onProgress: async (done) => void progress.push(done) })
    expect(new Set([...seen, ...again]).size).toBe(chunkCount)
    expect(seen.length + again.length).toBe(chunkCount)
    expect(progress[0]).toBe(3 * local.batchSize)
    expect(await world.stages.index(documentId, quiet())).toEqual({ chunkCount })
    const { rows } = await test.database.orm.execute<{ filled: number }>(
      sql`select count(vector)::int as filled from chunks where document_id = ${documentId}`,
    )
    expect(rows).toEqual([{ filled: chunkCount }])
  })

  it('stop between batches when they are cancelled', async () => {
    const documentId = await upload(words(3000))
    await world.stages.extract(documentId, quiet())
    await world.stages.split(documentId, quiet())
    const stop = new AbortController()
    const reason = new Error('deleted')
    const running = world.stages.embed(documentId, { signal: stop.signal, onProgress: async () => stop.abort(reason) })
    await expect(running).rejects.toBe(reason)
  })

  it('end when their document is deleted, and leave nothing of it', async () => {
    const documentId = await upload(words(100))
    await world.stages.extract(documentId, quiet())
    await world.stages.split(documentId, quiet())
    await deleteDocument(test.database.orm, { workspaceId: 'w1', knowledgeBaseId: 'kb', documentId })
    expect(await rowsOf(documentId)).toEqual([])
    for (const stage of ['extract', 'split', 'embed', 'index'] as const) {
      await expect(world.stages[stage](documentId, quiet())).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' })
    }
  })

  it('report a file that cannot be read in the words of the catalogue', async () => {
    const documentId = await upload('%PDF-1.7 nonsense', 'pdf')
    await expect(world.stages.extract(documentId, quiet())).rejects.toMatchObject({ code: 'DOCUMENT_UNREADABLE' })
  })

  it('pick up what nobody processes any more', async () => {
    const documentId = await upload('left behind')
    world.started.length = 0
    expect(await resumeIngestions(world)).toBeGreaterThan(0)
    expect(world.started).toContainEqual({ knowledgeBaseId: 'kb', documentId, documentName: 'text.file' })
  })

  it('take a large document without holding up the event loop', async () => {
    const documentId = await upload(words(100_000))
    let longestMs = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last)
      last = performance.now()
    }, 10)
    try {
      await world.stages.extract(documentId, quiet())
      expect((await world.stages.split(documentId, quiet())).chunkCount).toBeGreaterThan(5000)
    } finally {
      clearInterval(timer)
    }
    // Heartbeats are due every few seconds; a run that streams must not stutter for long.
    expect(longestMs).toBeLessThan(2000)
  })
})
