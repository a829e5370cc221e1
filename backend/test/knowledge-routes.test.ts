import { readdir } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import type { KnowledgeBase, KnowledgeDocument, UploadedDocuments } from '@millrace/shared/api/knowledge'
import { uploadLimits } from '@millrace/shared/api/knowledge'
import { AppError } from '@millrace/shared/errors/app-error'
import { eq, sql } from 'drizzle-orm'
import Fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { authenticateRequests } from '../src/plugins/authentication.ts'
import { handleErrors } from '../src/plugins/error-handler.ts'
import { honourIdempotencyKeys } from '../src/plugins/idempotency.ts'
import { readRequestBodies } from '../src/plugins/request-bodies.ts'
import { documents } from '../src/repositories/schema/knowledge.ts'
import { registerKnowledgeBaseRoutes } from '../src/routes/knowledge-bases.ts'
import { docxOf, pdfOf } from './support/document-fixtures.ts'
import { type KnowledgeWorld, newWorkspace, openKnowledgeWorld, processDocuments } from './support/knowledge-world.ts'
import { ProductClient } from './support/product-client.ts'
import { openTestPglite, type TestDatabase } from './support/test-database.ts'
import { waitUntil } from './support/wait-until.ts'

let test: TestDatabase
let world: KnowledgeWorld
let app: FastifyInstance
let url: string
/** Tokens are `<workspace>/<role>`. */
let editor: ProductClient

beforeAll(async () => {
  test = await openTestPglite()
  world = await openKnowledgeWorld(test)
  for (const id of ['w1', 'w2']) await newWorkspace(world, id)
  const server = Fastify({ forceCloseConnections: true }).withTypeProvider<ZodTypeProvider>()
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  handleErrors(server)
  readRequestBodies(server)
  authenticateRequests(
    server,
    async ({ token }) => {
      const [workspace, role] = token?.split('/') ?? []
      if (workspace === undefined || (role !== 'editor' && role !== 'viewer')) throw new AppError('NOT_AUTHENTICATED')
      return {
        kind: 'user',
        userId: `user-of-${workspace}`,
        name: 'U',
        workspaces: [{ id: workspace, role }],
        expiresAt: null,
      }
    },
    { publicPrefix: '/docs' },
  )
  honourIdempotencyKeys(server, test.database)
  await registerKnowledgeBaseRoutes(server, world)
  url = await server.listen({ port: 0, host: '127.0.0.1' })
  app = server
  editor = new ProductClient(url, 'w1/editor')
})
afterAll(async () => {
  await app.close()
  await test.close()
})

let base: KnowledgeBase
beforeEach(async () => {
  base = await editor.call<KnowledgeBase>('POST', '/api/knowledge-bases', { name: 'Manuals' })
  world.started.length = 0
  world.isEngineAway = false
})

const documentsPath = () => `/api/knowledge-bases/${base.id}/documents`
const storedFiles = () => readdir(join(test.dataDir, 'documents')).catch(() => [])

function form(...files: [name: string, content: string | Buffer<ArrayBuffer>][]): FormData {
  const data = new FormData()
  for (const [name, content] of files) data.append('files', new Blob([content]), name)
  return data
}

const buffer = (content: Buffer) => Buffer.from(content) as Buffer<ArrayBuffer>

describe('knowledge bases', () => {
  it('are created, listed page by page, read and deleted', async () => {
    expect(base).toMatchObject({
      name: 'Manuals',
      description: '',
      embeddingModel: 'local-hash-384',
      documentCount: 0,
      chunkCount: 0,
    })
    const other = await editor.call<KnowledgeBase>('POST', '/api/knowledge-bases', {
      name: ' Other ',
      description: 'x',
    })
    expect(other).toMatchObject({ name: 'Other', description: 'x' })
    const ids: string[] = []
    for (let cursor = ''; ; ) {
      const page = await editor.call<{ items: KnowledgeBase[]; nextCursor?: string }>(
        'GET',
        `/api/knowledge-bases?limit=1${cursor}`,
      )
      ids.push(...page.items.map(({ id }) => id))
      if (page.nextCursor === undefined) break
      cursor = `&cursor=${page.nextCursor}`
    }
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining([base.id, other.id]))
    expect((await editor.request('DELETE', `/api/knowledge-bases/${other.id}`)).status).toBe(204)
    expect(await editor.request('GET', `/api/knowledge-bases/${other.id}`)).toMatchObject({
      status: 404,
      body: { code: 'KNOWLEDGE_BASE_NOT_FOUND' },
    })
  })

  it('are made once under one idempotency key', async () => {
    const make = () =>
      editor.request<KnowledgeBase>('POST', '/api/knowledge-bases', { name: 'Once' }, { 'idempotency-key': 'make-1' })
    const answers = await Promise.all([make(), make(), make()])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  })

  it('of another workspace do not exist', async () => {
    const stranger = new ProductClient(url, 'w2/editor')
    const upload = await editor.call<UploadedDocuments>('POST', documentsPath(), form(['a.txt', 'secret']))
    const documentId = upload.items[0]?.documentId
    const tries: [string, string, unknown?][] = [
      ['GET', `/api/knowledge-bases/${base.id}`],
      ['DELETE', `/api/knowledge-bases/${base.id}`],
      ['GET', documentsPath()],
      ['POST', documentsPath(), form(['a.txt', 'x'])],
      ['DELETE', `${documentsPath()}/${documentId}`],
      ['POST', `${documentsPath()}/${documentId}/retry`],
      ['POST', `/api/knowledge-bases/${base.id}/search`, { query: 'secret' }],
    ]
    for (const [method, path, body] of tries)
      expect((await stranger.request(method, path, body)).status, `${method} ${path}`).toBe(404)
    expect((await editor.call<KnowledgeBase>('GET', `/api/knowledge-bases/${base.id}`)).documentCount).toBe(1)
  })

  it('are read by viewers and changed by editors', async () => {
    const viewer = new ProductClient(url, 'w1/viewer')
    expect((await viewer.request('GET', documentsPath())).status).toBe(200)
    expect((await viewer.request('POST', documentsPath(), form(['a.txt', 'x']))).status).toBe(403)
    expect((await viewer.request('DELETE', `/api/knowledge-bases/${base.id}`)).status).toBe(403)
    expect((await new ProductClient(url).request('GET', '/api/knowledge-bases')).status).toBe(401)
  })
})

describe('uploads', () => {
  it('that were stored without a word of it are found with their files by the next try under the key', async () => {
    const before = (await storedFiles()).length
    const upload = () =>
      editor.request<UploadedDocuments>('POST', documentsPath(), form(['ferry.txt', 'at nine']), {
        'idempotency-key': 'upload-1',
      })
    const { orm } = test.database
    const insert = orm.insert.bind(orm)
    const lost = vi.spyOn(orm, 'insert').mockImplementation(((table: typeof documents) => {
      if (table !== documents) return insert(table)
      const values = (rows: (typeof documents.$inferInsert)[]) => ({
        onConflictDoNothing: () => ({
          async returning() {
            await insert(table).values(rows)
            throw new Error('Connection terminated unexpectedly')
          },
        }),
      })
      return { values }
    }) as unknown as typeof orm.insert)
    expect((await upload()).status).toBeGreaterThanOrEqual(500)
    lost.mockRestore()
    const again = await upload()
    expect(again.status).toBeLessThan(300)
    const listed = await editor.call<{ items: KnowledgeDocument[] }>('GET', documentsPath())
    expect(listed.items.map(({ documentId }) => documentId)).toEqual([again.body.items[0]?.documentId])
    const [row] = await orm.select().from(documents).where(eq(documents.knowledgeBaseId, base.id))
    expect(await storedFiles()).toContain(row?.storedAs)
    expect((await storedFiles()).length).toBe(before + 1)
  })

  it('take several files, each accepted or refused by itself', async () => {
    const before = (await storedFiles()).length
    const answer = await editor.request<UploadedDocuments>(
      'POST',
      documentsPath(),
      form(
        ['notes.md', '# Notes\n\nThe ferry leaves at nine.'],
        ['picture.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
        ['../../etc/passwd.txt', 'up and away'],
        ['empty.txt', ''],
        ['terms.pdf', buffer(pdfOf([['Terms of the ferry']]))],
        ['letter.docx', buffer(docxOf(['# Letter', 'Dear captain']))],
        ['tool.exe', 'MZ'],
      ),
    )
    expect(answer.status).toBe(202)
    const { items, refused } = answer.body
    expect(items.map(({ name, mediaType, status, stage }) => [name, mediaType, status, stage])).toEqual([
      ['notes.md', 'text/markdown', 'queued', 'queued'],
      ['passwd.txt', 'text/plain', 'queued', 'queued'],
      ['terms.pdf', 'application/pdf', 'queued', 'queued'],
      ['letter.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'queued', 'queued'],
    ])
    expect(refused.map(({ name, code }) => [name, code])).toEqual([
      ['picture.png', 'UNSUPPORTED_DOCUMENT'],
      ['empty.txt', 'DOCUMENT_EMPTY'],
      ['tool.exe', 'UNSUPPORTED_DOCUMENT'],
    ])
    expect(world.started.map(({ documentName }) => documentName)).toEqual(items.map(({ name }) => name))
    expect((await storedFiles()).length).toBe(before + 4)

    await processDocuments(world)
    const found = await editor.call<{ items: { documentName: string }[] }>(
      'POST',
      `/api/knowledge-bases/${base.id}/search`,
      { query: 'When does the ferry leave?', limit: 3 },
    )
    expect(found.items[0]).toMatchObject({ documentName: 'notes.md', heading: 'Notes', score: expect.any(Number) })
  })

  it('refuse a file that is too large while it streams, and keep the others', async () => {
    const before = (await storedFiles()).length
    const large = Buffer.alloc(uploadLimits.fileBytesMax + 1, 'a')
    const { status, body } = await editor.request<UploadedDocuments>(
      'POST',
      documentsPath(),
      form(['large.txt', large], ['small.txt', 'small']),
    )
    expect(status).toBe(202)
    expect(body.refused).toMatchObject([{ name: 'large.txt', code: 'PAYLOAD_TOO_LARGE' }])
    expect(body.items).toMatchObject([{ name: 'small.txt', bytes: 5 }])
    expect((await storedFiles()).length).toBe(before + 1)
  })

  it('take a file of exactly the largest size', async () => {
    const { body } = await editor.request<UploadedDocuments>(
      'POST',
      documentsPath(),
      form(['large.txt', Buffer.alloc(uploadLimits.fileBytesMax, 'a')]),
    )
    expect(body).toMatchObject({ items: [{ bytes: uploadLimits.fileBytesMax }], refused: [] })
  })

  it('need at least one file, as multipart', async () => {
    const none = new FormData()
    none.append('note', 'no file')
    for (const body of [none, { files: [] }, undefined]) {
      expect(await editor.request('POST', documentsPath(), body)).toMatchObject({
        status: 400,
        body: { code: 'INVALID_INPUT' },
      })
    }
    const broken = { 'content-type': 'multipart/form-data; boundary=x' }
    expect((await editor.request('POST', documentsPath(), undefined, broken)).status).toBe(400)
    expect(world.started).toEqual([])
  })

  it('refuse files above their number one by one', async () => {
    const files = Array.from({ length: uploadLimits.filesPerUploadMax + 2 }, (_, index): [string, string] => [
      `${index}.txt`,
      `text ${index}`,
    ])
    const { body } = await editor.request<UploadedDocuments>('POST', documentsPath(), form(...files))
    expect(body.items).toHaveLength(uploadLimits.filesPerUploadMax)
    expect(body.refused.map(({ name, code }) => [name, code])).toEqual([
      ['20.txt', 'PAYLOAD_TOO_LARGE'],
      ['21.txt', 'PAYLOAD_TOO_LARGE'],
    ])
  })

  it('leave nothing behind when they break off', async () => {
    const before = await storedFiles()
    const part = (name: string) =>
      `--x\r\ncontent-disposition: form-data; name="files"; filename="${name}"\r\ncontent-type: text/plain\r\n\r\n`
    const broken = httpRequest(`${url}${documentsPath()}`, {
      method: 'POST',
      headers: { authorization: 'Bearer w1/editor', 'content-type': 'multipart/form-data; boundary=x' },
    })
    broken.on('error', () => undefined)
    broken.write(`${part('whole.txt')}whole\r\n${part('half.txt')}${'half '.repeat(20_000)}`)
    await waitUntil(async () => (await storedFiles()).length === before.length + 2, {
      describe: () => 'both files on the disk',
    })
    broken.destroy()
    await waitUntil(async () => (await storedFiles()).length === before.length, { describe: () => 'an empty folder' })
    expect(await editor.call('GET', documentsPath())).toEqual({ items: [] })
    expect(world.started).toEqual([])
  })

  it('count once under one idempotency key', async () => {
    const send = () =>
      editor.request<UploadedDocuments>('POST', documentsPath(), form(['a.txt', 'same']), {
        'idempotency-key': `upload-${base.id}`,
      })
    const first = await send()
    expect((await send()).body).toEqual(first.body)
    expect((await editor.call<{ items: unknown[] }>('GET', documentsPath())).items).toHaveLength(1)
  })

  it('are kept when the engine is away, and a retry starts them', async () => {
    world.isEngineAway = true
    const { status, body } = await editor.request<UploadedDocuments>(
      'POST',
      documentsPath(),
      form(['a.txt', 'patience']),
    )
    expect([status, body.items[0]?.status]).toEqual([202, 'queued'])
    expect(world.warnings).toContain('the processing of a document could not be started')
    world.isEngineAway = false
    const documentId = body.items[0]?.documentId ?? ''
    expect((await editor.request('POST', `${documentsPath()}/${documentId}/retry`)).status).toBe(202)
    expect(world.started).toMatchObject([{ documentId }])
  })
})

describe('documents', () => {
  async function uploadOne(): Promise<KnowledgeDocument> {
    const { items } = await editor.call<UploadedDocuments>(
      'POST',
      documentsPath(),
      form(['a.txt', 'The anchor weighs two tons.']),
    )
    const [item] = items
    if (item === undefined) throw new Error('refused')
    return item
  }

  it('are listed newest first, page by page', async () => {
    for (let count = 0; count < 5; count++) await uploadOne()
    const all: KnowledgeDocument[] = []
    for (let cursor = ''; ; ) {
      const page = await editor.call<{ items: KnowledgeDocument[]; nextCursor?: string }>(
        'GET',
        `${documentsPath()}?limit=2${cursor}`,
      )
      all.push(...page.items)
      if (page.nextCursor === undefined) break
      cursor = `&cursor=${page.nextCursor}`
    }
    expect(new Set(all.map(({ documentId }) => documentId)).size).toBe(5)
    expect(all.map(({ createdAt }) => createdAt)).toEqual(
      all.map(({ createdAt }) => createdAt).toSorted((left, right) => right - left),
    )
  })

  it('vanish with rows, file and processing, and say so', async () => {
    const { documentId } = await uploadOne()
    const [row] = await test.database.orm.select().from(documents).where(eq(documents.id, documentId))
    await processDocuments(world)
    expect((await editor.request('DELETE', `${documentsPath()}/${documentId}`)).status).toBe(204)
    expect(await storedFiles()).not.toContain(row?.storedAs)
    expect(world.cancelled).toContain(documentId)
    expect(world.emitted).toContainEqual({
      owner: { workspaceId: 'w1', userId: 'user-of-w1' },
      type: 'kb:document:deleted',
      documentId,
    })
    const { rows } = await test.database.orm.execute(sql`select 1 from chunks where document_id = ${documentId}`)
    expect(rows).toEqual([])
    const search = await editor.call<{ items: unknown[] }>('POST', `/api/knowledge-bases/${base.id}/search`, {
      query: 'anchor',
    })
    expect(search.items).toEqual([])
    expect((await editor.request('DELETE', `${documentsPath()}/${documentId}`)).status).toBe(404)
  })

  it('vanish with their knowledge base, also while the engine is away', async () => {
    const { documentId } = await uploadOne()
    const [row] = await test.database.orm.select().from(documents).where(eq(documents.id, documentId))
    world.isEngineAway = true
    expect((await editor.request('DELETE', `/api/knowledge-bases/${base.id}`)).status).toBe(204)
    expect(await storedFiles()).not.toContain(row?.storedAs)
    expect(world.emitted.some((event) => event.type === 'kb:document:deleted' && event.documentId === documentId)).toBe(
      true,
    )
  })

  it('that failed begin anew on a retry; others are left alone', async () => {
    const { documentId } = await uploadOne()
    world.started.length = 0
    const error = { code: 'DOCUMENT_UNREADABLE', message: 'damaged' }
    await test.database.orm
      .update(documents)
      .set({ status: 'failed', stage: 'extracting', error, finishedAt: 5 })
      .where(eq(documents.id, documentId))
    const { items } = await editor.call<{ items: KnowledgeDocument[] }>('GET', documentsPath())
    expect(items).toMatchObject([{ status: 'failed', error, finishedAt: 5 }])
    const retried = await editor.request<KnowledgeDocument>('POST', `${documentsPath()}/${documentId}/retry`)
    expect(retried).toMatchObject({ status: 202, body: { status: 'queued', percentage: 0 } })
    expect(retried.body.error).toBeUndefined()
    expect(world.started).toMatchObject([{ documentId }])

    await test.database.orm.update(documents).set({ status: 'completed' }).where(eq(documents.id, documentId))
    expect(
      (await editor.request<KnowledgeDocument>('POST', `${documentsPath()}/${documentId}/retry`)).body.status,
    ).toBe('completed')
    expect(world.started).toHaveLength(1)
  })

  it('are searched with bounds on what is asked', async () => {
    for (const body of [
      {},
      { query: '  ' },
      { query: 'x', limit: 0 },
      { query: 'x', limit: 51 },
      { query: 'x', mode: 'magic' },
    ]) {
      expect((await editor.request('POST', `/api/knowledge-bases/${base.id}/search`, body)).status).toBe(400)
    }
  })
})
