import { FoldedList } from '@millrace/shared/client/folded-list'
import type { EventDraft, WorkflowEvent } from '@millrace/shared/events'
import type { ListKind } from '@millrace/shared/protocol/channels'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ListRequest } from '../../src/websocket/subscriptions/channel-reader.ts'
import {
  type ListedRun,
  questionAnswered,
  questionAsked,
  questionExpired,
  questionWithdrawn,
  runCompleted,
  runMoved,
} from '../delivery/listed-drafts.ts'
import { openTestPglite, openTestPostgres, type TestDatabase } from '../support/test-database.ts'
import { type ChannelWorld, openChannelWorld } from './channel-world.ts'

describe.each([
  ['PGlite', openTestPglite],
  ['Postgres', openTestPostgres],
])('what list channels begin with, on %s', (_name, open) => {
  let test: TestDatabase
  let world: ChannelWorld
  let counter = 0

  beforeAll(async () => {
    test = await open()
    world = openChannelWorld(test)
  })
  afterAll(async () => {
    await world.close()
    await test.close()
  })

  async function newWorkspace(): Promise<string> {
    counter += 1
    const id = `w${counter}`
    await world.addWorkspace(id)
    return id
  }
  const request = (workspaceId: string, kind: ListKind, extra: Partial<ListRequest> = {}): ListRequest => ({
    kind,
    workspaceId,
    workflowId: null,
    knowledgeBaseId: null,
    filters: undefined,
    ...extra,
  })
  const idsOf = async (asked: ListRequest) =>
    (await world.reader.readList(asked)).items.map((item) =>
      'requestId' in item ? item.requestId : 'documentId' in item ? item.documentId : item.executionId,
    )
  const eventsAfter = async (workspaceId: string, seq: number) =>
    (await world.log.read(`workspace:${workspaceId}`, seq, 1000)).map(
      ({ payload }) => JSON.parse(payload) as WorkflowEvent,
    )

  it('S03 a list and the events after its place are everything, whenever it is read', async () => {
    const step = fc.record({
      run: fc.integer({ min: 0, max: 2 }),
      does: fc.constantFrom('wait', 'resume', 'ask', 'answer', 'expire', 'withdraw', 'end'),
      readsAfter: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        const workspaceId = await newWorkspace()
        const kinds = ['executions', 'prompts', 'approvals'] as const
        const runs = [0, 1, 2].map((n) => ({ executionId: `${workspaceId}-e${n}`, workflowId: `${workspaceId}-flow` }))
        for (const [n, run] of runs.entries()) await world.addRun(workspaceId, run, { createdAt: 10 + n })
        const readings = kinds.map((kind) => ({ kind, lists: [world.reader.readList(request(workspaceId, kind))] }))
        const writes: Promise<unknown>[] = []
        for (const { run: at, does, readsAfter } of steps) {
          const run = runs[at] ?? runs[0] ?? { executionId: '', workflowId: '' }
          const question = `${run.executionId}:q`
          const drafts: Record<Exclude<typeof does, 'end'>, EventDraft> = {
            wait: runMoved(run, 'execution:waiting'),
            resume: runMoved(run, 'execution:resumed'),
            ask: { ...questionAsked(run, question), eventId: `required/${question}` },
            answer: questionAnswered(run, question, { choice: 'approve' }),
            expire: questionExpired(run, question),
            withdraw: questionWithdrawn(run, question),
          }
          const writing =
            does === 'end' ? world.end(workspaceId, run.executionId, 90 - at) : world.append(workspaceId, drafts[does])
          if (readsAfter) await writing
          writes.push(writing)
          for (const { kind, lists } of readings) lists.push(world.reader.readList(request(workspaceId, kind)))
        }
        await Promise.all(writes)
        for (const { kind, lists } of readings) {
          const last = await world.reader.readList(request(workspaceId, kind))
          for (const reading of lists) {
            const { items, seq } = await reading
            const folded = new FoldedList(kind, items)
            for (const event of await eventsAfter(workspaceId, seq)) folded.apply(event)
            expect(folded.items(undefined)).toEqual(last.items)
          }
        }
      }),
      { numRuns: 8 },
    )
  })

  it.each([
    ['expired', questionExpired],
    ['answered', (run: ListedRun, id: string) => questionAnswered(run, id, { choice: 'approve' })],
    ['withdrawn', questionWithdrawn],
  ])('S03 the end of a run takes a question from lists that the log heard %s before asked', async (_word, close) => {
    const workspaceId = await newWorkspace()
    const run = { executionId: `${workspaceId}-e`, workflowId: `${workspaceId}-flow` }
    const question = `${run.executionId}:ask`
    await world.addRun(workspaceId, run)
    await world.append(workspaceId, close(run, question))
    await world.append(workspaceId, questionAsked(run, question))
    const { items, seq } = await world.reader.readList(request(workspaceId, 'prompts'))
    expect(items).toMatchObject([{ requestId: question }])
    await world.end(workspaceId, run.executionId, 5)
    const folded = new FoldedList('prompts', items)
    const told = await eventsAfter(workspaceId, seq)
    for (const event of told) folded.apply(event)
    expect(folded.items(undefined)).toEqual([])
    expect(await idsOf(request(workspaceId, 'prompts'))).toEqual([])
    expect(told.map(({ type }) => type)).toEqual(['user:input:withdrawn', 'execution:completed'])
  })

  it('S06 shows an open approval however many other questions are newer', async () => {
    const workspaceId = await newWorkspace()
    const run = { executionId: `${workspaceId}-e`, workflowId: `${workspaceId}-flow` }
    await world.addRun(workspaceId, run)
    const others = Array.from({ length: 501 }, (_, index) =>
      questionAsked(run, `${workspaceId}:z${index}`, { inputType: 'text' }),
    )
    await world.append(workspaceId, questionAsked(run, `${workspaceId}:a`), ...others)
    const { items, isComplete } = await world.reader.readList(request(workspaceId, 'approvals'))
    expect([items, isComplete]).toMatchObject([[{ requestId: `${workspaceId}:a` }], true])
    expect(await world.reader.readList(request(workspaceId, 'prompts'))).toMatchObject({ isComplete: false })
  })

  it('S03 withdraws no question at the end of its run that was closed after it was asked', async () => {
    const workspaceId = await newWorkspace()
    const run = { executionId: `${workspaceId}-e`, workflowId: `${workspaceId}-flow` }
    await world.addRun(workspaceId, run)
    const question = `${run.executionId}:ask`
    await world.append(workspaceId, questionAsked(run, question), questionExpired(run, question))
    const { seq } = await world.reader.readList(request(workspaceId, 'prompts'))
    await world.end(workspaceId, run.executionId, 5)
    expect((await eventsAfter(workspaceId, seq)).map(({ type }) => type)).toEqual(['execution:completed'])
  })

  it('S03 shows the newest hundred runs, and older ones only while they are not over', async () => {
    const workspaceId = await newWorkspace()
    const runs = Array.from({ length: 104 }, (_, n) => ({
      executionId: `${workspaceId}-${String(n).padStart(3, '0')}`,
      workflowId: n % 2 === 0 ? `${workspaceId}-flow` : 'other',
    }))
    for (const [createdAt, run] of runs.entries()) await world.addRun(workspaceId, run, { createdAt })
    for (const run of runs.slice(0, 3)) await world.append(workspaceId, runCompleted(run))
    const ids = await idsOf(request(workspaceId, 'executions'))
    expect(ids).toEqual(
      runs
        .slice(3)
        .map(({ executionId }) => executionId)
        .toReversed(),
    )
    const ofOne = await idsOf(request(workspaceId, 'executions', { workflowId: `${workspaceId}-flow` }))
    expect(ofOne).toHaveLength(52)
    const filters = { workflow_ids: ['other'], statuses: ['completed' as const] }
    expect(await idsOf(request(workspaceId, 'executions', { filters }))).toEqual([`${workspaceId}-001`])
    expect(await idsOf(request(workspaceId, 'executions', { workflowId: 'x', filters }))).toEqual([])
  })

  it('S06 shows open questions, as approvals only those that are', async () => {
    const workspaceId = await newWorkspace()
    const run = { executionId: `${workspaceId}-e`, workflowId: `${workspaceId}-flow` }
    await world.addRun(workspaceId, run)
    await world.append(
      workspaceId,
      questionAsked(run, `${workspaceId}:a`),
      questionAsked(run, `${workspaceId}:t`, { inputType: 'text' }),
      questionAsked(run, `${workspaceId}:gone`),
      questionExpired(run, `${workspaceId}:gone`),
    )
    expect(new Set(await idsOf(request(workspaceId, 'prompts')))).toEqual(
      new Set([`${workspaceId}:a`, `${workspaceId}:t`]),
    )
    expect(await idsOf(request(workspaceId, 'approvals'))).toEqual([`${workspaceId}:a`])
    const filtered = (statuses: ('waiting' | 'failed')[]) =>
      idsOf(request(workspaceId, 'approvals', { filters: { statuses } }))
    expect(await filtered(['waiting'])).toHaveLength(1)
    expect(await filtered(['failed'])).toEqual([])
  })

  it('shows documents in work, of one knowledge base or of all, and none to a filter for runs', async () => {
    const workspaceId = await newWorkspace()
    await world.addDocument(workspaceId, `${workspaceId}-d`)
    expect(await idsOf(request(workspaceId, 'documents'))).toEqual([`${workspaceId}-d`])
    expect(await idsOf(request(workspaceId, 'documents', { knowledgeBaseId: 'other' }))).toEqual([])
    expect(await idsOf(request(workspaceId, 'documents', { filters: { workflow_ids: ['w'] } }))).toEqual([])
  })

  it('knows of which workspace a workflow is, and of no other', async () => {
    const workspaceId = await newWorkspace()
    expect(await world.reader.workspaceOfWorkflow(`${workspaceId}-flow`)).toBe(workspaceId)
    expect(await world.reader.workspaceOfWorkflow('nowhere')).toBeNull()
    expect(await world.reader.workspaceOfKnowledgeBase('nowhere')).toBeNull()
  })

  it('begins a workspace without events at zero', async () => {
    const workspaceId = await newWorkspace()
    const list = await world.reader.readList(request(workspaceId, 'executions'))
    expect(list).toEqual({ seq: 0, epoch: '', items: [], isComplete: true })
  })
})
