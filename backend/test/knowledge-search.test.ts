import type { EventOwner, KnowledgeHit } from '@millrace/temporal/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureSampleKnowledgeBase } from '../src/knowledge/sample-knowledge-base.ts'
import { ExactVectorSearch } from '../src/knowledge/search/exact-vector-search.ts'
import { createKnowledgeSearch } from '../src/knowledge/search/knowledge-search.ts'
import { prepareVectorIndex } from '../src/knowledge/search/prepare-vector-index.ts'
import { createModels } from '../src/providers/models.ts'
import { listUnfinishedDocuments } from '../src/repositories/documents.ts'
import { type KnowledgeWorld, newWorkspace, openKnowledgeWorld, processDocuments } from './support/knowledge-world.ts'
import { openTestPglite, openTestPostgres, type TestDatabase } from './support/test-database.ts'

/** Questions of people, and the file that answers them. */
const questions: [string, string][] = [
  ['From which amount is delivery free?', 'delivery-terms.md'],
  ['Does the driver carry the planks upstairs?', 'delivery-terms.md'],
  ['How long do packages have to acclimatise before laying?', 'delivery-terms.md'],
  ['What does the walnut plank cost?', 'price-list.csv'],
  ['price of underlay with sound insulation', 'price-list.csv'],
  ['OL-9010', 'price-list.csv'],
  ['May I use a steam cleaner?', 'care-guide.html'],
  ['How do I remove candle wax stains?', 'care-guide.html'],
  ['How often should oiled floors be oiled again?', 'care-guide.html'],
  ['How many days do I have to return unopened packages?', 'returns.pdf'],
  ['When do I get my refund?', 'returns.pdf'],
  ['Is the showroom open on Monday?', 'opening-hours.txt'],
  ['warehouse pick-up times', 'opening-hours.txt'],
  ['Which floors suit underfloor heating?', 'faq.docx'],
  ['Can I pay in instalments?', 'faq.docx'],
  ['How many samples are free?', 'faq.docx'],
]

describe.each([
  ['pgvector in PGlite', openTestPglite],
  ['Postgres without pgvector', openTestPostgres],
])('search with %s', (name, open) => {
  let test: TestDatabase
  let world: KnowledgeWorld
  let owner: EventOwner
  let knowledgeBaseId: string
  beforeAll(async () => {
    test = await open()
    world = await openKnowledgeWorld(test)
    owner = await newWorkspace(world, 'w1')
    knowledgeBaseId = await ensureSampleKnowledgeBase(world, owner)
    expect(world.started).toHaveLength(6)
    await processDocuments(world)
  })
  afterAll(() => test.close())

  const ask = (
    query: string,
    mode: 'hybrid' | 'vector' | 'text' = 'hybrid',
    more: { limit?: number; minScore?: number; from?: EventOwner } = {},
  ) =>
    world.search.search(more.from ?? owner, {
      knowledgeBaseId,
      query,
      mode,
      limit: more.limit ?? 5,
      minScore: more.minScore ?? 0,
    })

  it('uses pgvector exactly where there is one', () => {
    expect(world.usesPgvector).toBe(name.startsWith('pgvector'))
  })

  it.each(questions)('answers %j from %s first', async (question, expected) => {
    const hits = await ask(question)
    expect(hits.map(({ documentName }) => documentName)[0]).toBe(expected)
  })

  it('scores from 0 to 1, falling, and keeps to limit and lowest score', async () => {
    for (const mode of ['hybrid', 'vector', 'text'] as const) {
      const hits = await ask('When is the showroom open on Saturday?', mode, { limit: 50 })
      const scores = hits.map(({ score }) => score)
      expect(hits.length).toBeGreaterThan(0)
      expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true)
      expect(scores).toEqual(scores.toSorted((left, right) => right - left))
      const lowest = scores[0] ?? 0
      const best = await ask('When is the showroom open on Saturday?', mode, { minScore: lowest })
      expect(best.every(({ score }) => score >= lowest)).toBe(true)
    }
    expect(await ask('oak', 'hybrid', { limit: 2 })).toHaveLength(2)
  })

  it('names page and heading of a passage', async () => {
    const [refund] = await ask('When do I get my refund?')
    expect(refund).toMatchObject({ documentName: 'returns.pdf', page: 2 })
    const [steam] = await ask('steam cleaner')
    expect(steam).toMatchObject({ heading: 'Care guide for wooden floors > Wiping oiled floors' })
  })

  it('understands quotes, and takes any text for a question', async () => {
    const [hit] = await ask('"first Sunday of a month"', 'text')
    expect(hit?.documentName).toBe('opening-hours.txt')
    for (const odd of ["' OR 1=1 --", '!!! & | <->', '""', ':*', '\\', '😀', 'a'.repeat(10_000), '-'])
      await expect(ask(odd)).resolves.toBeInstanceOf(Array)
    expect(await ask('   ')).toEqual([])
  })

  it('finds words with capital umlauts by small ones', async () => {
    const { rows } = await test.database.orm.execute<{ found: boolean }>(
      "select to_tsvector('simple', 'ÜBER Öl') @@ '''über'''::tsquery as found",
    )
    expect(rows).toEqual([{ found: true }])
  })

  it('is the same with vectors computed in this process', async () => {
    const exact = createKnowledgeSearch({ ...world, vectors: new ExactVectorSearch(test.database) })
    for (const [query] of questions) {
      for (const mode of ['vector', 'hybrid'] as const) {
        const request = { knowledgeBaseId, query, mode, limit: 10, minScore: 0 }
        const places = (hits: KnowledgeHit[]) =>
          hits.map(({ documentName, chunkIndex, score }) => [documentName, chunkIndex, Math.round(score * 1000)])
        expect(places(await exact.search(owner, request))).toEqual(places(await world.search.search(owner, request)))
      }
    }
  })

  it('never finds anything of another workspace', async () => {
    const stranger = await newWorkspace(world, 'w2')
    await expect(ask('delivery', 'hybrid', { from: stranger })).rejects.toMatchObject({
      code: 'KNOWLEDGE_BASE_NOT_FOUND',
    })
    const theirs = await ensureSampleKnowledgeBase(world, stranger)
    await processDocuments(world)
    const hits = await world.search.search(stranger, {
      knowledgeBaseId: theirs,
      query: 'delivery',
      mode: 'hybrid',
      limit: 50,
      minScore: 0,
    })
    const own = await ask('delivery', 'hybrid', { limit: 50 })
    expect(new Set([...hits, ...own].map(({ documentId }) => documentId)).size).toBe(
      new Set(hits.map(({ documentId }) => documentId)).size * 2,
    )
  })

  it.each([
    ['From which amount is delivery free?', /above 400 euros/],
    ['What does the walnut plank cost?', /119\.00/],
    ['May I use a steam cleaner?', /Never use a steam cleaner/],
    ['How do I get a refund?', /refund/i],
    ['Is the showroom open on Monday?', /closed/],
    ['How many samples are free?', /five samples/],
  ])('lets the demo model answer %j from what is found', async (question, expected) => {
    const hits = await ask(question)
    const sources = hits.map(
      ({ documentName, text }, index) => `[${index + 1}] ${documentName}: ${text.replace(/\s+/g, ' ')}`,
    )
    const { text } = await createModels().generate({
      owner,
      provider: 'demo',
      model: 'demo-writer',
      system: 'Answer from the sources alone.',
      user: `Question: ${question}\n\nSources:\n${sources.join('\n')}\n`,
      temperature: 0.2,
      maxTokens: 400,
      demo: { tokensPerSecond: 5000 },
      attempt: 1,
      idempotencyKey: 'k',
      signal: new AbortController().signal,
      onText: () => undefined,
    })
    expect(text).toMatch(expected)
    expect(text).toMatch(/\[1\]/)
    expect(text.length).toBeLessThan(700)
  })

  it('makes the sample knowledge base once', async () => {
    const before = (await listUnfinishedDocuments(test.database.orm, 100)).length
    const ids = await Promise.all([1, 2, 3].map(() => ensureSampleKnowledgeBase(world, owner)))
    expect(new Set(ids)).toEqual(new Set([knowledgeBaseId]))
    expect(await listUnfinishedDocuments(test.database.orm, 100)).toHaveLength(before)
    expect(world.started).toEqual([])
  })

  it('can prepare its index again', async () => {
    expect(await prepareVectorIndex(test.database, 384)).toBe(world.usesPgvector)
  })
})
