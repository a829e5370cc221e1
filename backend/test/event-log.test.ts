import type { EventDraft, WorkflowEvent } from '@millrace/shared/events'
import { eventId } from '@millrace/shared/events/event-id'
import type { EventOwner, FinalizeRequest } from '@millrace/temporal/ports'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventLog } from '../src/events/event-log.ts'
import { renewEveryEpoch } from '../src/events/renew-epochs.ts'
import { openTestPglite, openTestPostgres, type TestDatabase } from './support/test-database.ts'

const owner: EventOwner = { workspaceId: 'ws-1', userId: 'user-1' }
let counter = 0

describe.each([
  ['PGlite', openTestPglite],
  ['Postgres', openTestPostgres],
])('EventLog on %s', (_name, open) => {
  let test: TestDatabase
  let log: EventLog

  beforeAll(async () => {
    test = await open()
    log = new EventLog(test.database.pool)
  })
  afterAll(async () => {
    await log.close()
    await test.close()
  })

  async function newExecution(): Promise<string> {
    const id = `ex-${++counter}`
    const draft: EventDraft = {
      type: 'execution:created',
      eventId: eventId({ nodePath: null, type: 'execution:created' }),
      timestamp: 1,
      executionId: id,
      workflowId: 'wf',
      workflowName: 'W',
      workflowVersion: 1,
      totalNodes: 2,
    }
    const plan = {
      engineVersion: 1 as const,
      workflowId: 'wf',
      workflowName: 'W',
      workflowVersion: 1,
      nodes: [],
      edges: [],
      loops: [],
    }
    await log.createExecution({ owner, row: { id, input: {}, startedByName: 'Kim' }, plan, draft })
    return id
  }

  const nodeEvent = (
    executionId: string,
    type: 'node:started' | 'node:completed',
    attempt: number,
    nodePath = 'a',
  ): EventDraft => {
    const base = {
      eventId: eventId({ nodePath, type, attempt }),
      timestamp: 2,
      executionId,
      nodeId: 'a',
      nodePath,
      iteration: 1,
      attempt,
    }
    return type === 'node:started'
      ? { ...base, type, nodeName: 'A', nodeType: 'http' }
      : { ...base, type, duration: 1, ports: ['out'] }
  }
  const chunk = (executionId: string, attempt: number, ordinal: number, text = 'x'): EventDraft => ({
    type: 'node:stream',
    eventId: eventId({ nodePath: 'a', type: 'node:stream', attempt, ordinal }),
    timestamp: 2,
    executionId,
    nodeId: 'a',
    nodePath: 'a',
    iteration: 1,
    attempt,
    chunk: text,
    offset: ordinal,
  })
  const all = async (topic: string): Promise<WorkflowEvent[]> =>
    (await log.read(topic, 0, 10_000)).map((event) => JSON.parse(event.payload) as WorkflowEvent)
  const outcome = (executionId: string, extra: Partial<FinalizeRequest> = {}): FinalizeRequest => ({
    executionId,
    outcome: { status: 'completed', outputs: { ok: true } },
    finishedAt: 5,
    duration: 4,
    nodes: [],
    eventIds: [],
    ...extra,
  })

  it('numbers each topic from 1 without a gap and keeps a repeated append silent', async () => {
    const id = await newExecution()
    const drafts = [nodeEvent(id, 'node:started', 1), chunk(id, 1, 0), chunk(id, 1, 1)]
    const first = await log.append(owner, drafts)
    expect(first.outcomes).toEqual([2, 3, 4].map((seq) => ({ status: 'appended', seq })))
    const again = await log.append(owner, drafts)
    expect(again.outcomes).toEqual([2, 3, 4].map((seq) => ({ status: 'duplicate', seq })))
    expect(again.stored).toEqual([])
    expect((await all(`execution:${id}`)).map((event) => event.seq)).toEqual([1, 2, 3, 4])
    expect(await log.head(`execution:${id}`)).toMatchObject({ seq: 4, closed: false, workspaceId: 'ws-1' })
  })

  it('tells the heads of many topics at once, and of those that are not there nothing', async () => {
    const [one, two] = [await newExecution(), await newExecution()]
    await log.finalize(owner, outcome(two))
    const heads = await log.heads([`execution:${one}`, 'execution:nowhere', `execution:${two}`, 'workspace:ws-1'])
    expect([...heads.keys()].toSorted()).toEqual([`execution:${one}`, `execution:${two}`, 'workspace:ws-1'].toSorted())
    expect(heads.get(`execution:${one}`)).toEqual(await log.head(`execution:${one}`))
    expect([one, two].map((id) => heads.get(`execution:${id}`)?.closed)).toEqual([false, true])
    expect(heads.get('workspace:ws-1')).toMatchObject({ workspaceId: 'ws-1', closed: false })
  })

  it('renames the past of a topic that lost events, once, and of no other', async () => {
    const id = await newExecution()
    const topic = `execution:${id}`
    const before = await log.head(topic)
    if (before === null) throw new Error('no head')
    await log.renewEpoch(topic, 'another')
    expect(await log.head(topic)).toEqual(before)
    await log.renewEpoch(topic, before.epoch)
    const renamed = await log.head(topic)
    expect(renamed).toMatchObject({ seq: before.seq })
    expect(renamed?.epoch).not.toBe(before.epoch)
    await log.renewEpoch(topic, before.epoch)
    expect(await log.head(topic)).toEqual(renamed)
    const { stored } = await log.append(owner, [nodeEvent(id, 'node:started', 1)])
    expect(stored.map(({ seq, epoch }) => [seq, epoch])).toContainEqual([before.seq + 1, renamed?.epoch])
    await renewEveryEpoch(test.database.pool)
    expect((await log.head(topic))?.epoch).not.toBe(renamed?.epoch)
    expect((await log.append(owner, [nodeEvent(id, 'node:completed', 1)])).outcomes).toEqual([
      { status: 'appended', seq: before.seq + 2 },
    ])
  })

  it('gives an event of two topics its own number in each', async () => {
    const before = (await log.head('workspace:ws-1'))?.seq ?? 0
    const id = await newExecution()
    const [event] = await all(`execution:${id}`)
    expect(event).toMatchObject({ type: 'execution:created', seq: 1 })
    expect(event).not.toHaveProperty('topic')
    const [listed] = await log.read('workspace:ws-1', before, 10)
    expect(JSON.parse(listed?.payload ?? '')).toMatchObject({
      executionId: id,
      seq: before + 1,
      topic: 'workspace:ws-1',
    })
  })

  const question = { nodeId: 'ask', nodePath: 'ask', iteration: 1 }
  const asked = (executionId: string, requestId: string): EventDraft => ({
    type: 'user:input:required',
    eventId: eventId({ nodePath: 'ask', type: 'user:input:required', ordinal: requestId }),
    timestamp: 2,
    executionId,
    ...question,
    requestId,
    nodeName: 'Ask',
    workflowName: 'W',
    prompt: 'Is this right?',
    inputType: 'approval',
    validation: {},
  })
  const expired = (executionId: string, requestId: string): EventDraft => ({
    type: 'user:input:expired',
    eventId: eventId({ nodePath: 'ask', type: 'user:input:expired', ordinal: requestId }),
    timestamp: 3,
    executionId,
    ...question,
    requestId,
  })
  const newest = async (count: number) => {
    const head = (await log.head('workspace:ws-1'))?.seq ?? 0
    return (await log.read('workspace:ws-1', head - count, count)).map(({ payload }) => JSON.parse(payload))
  }

  it('S08 stamps what lists are filtered by: the workflow of a run, and of a closed question its kind', async () => {
    const id = await newExecution()
    await log.append(owner, [asked(id, `${id}:q1`), asked(id, `${id}:q2`), expired(id, `${id}:q1`)])
    await log.append(owner, [expired(id, `${id}:q2`)])
    await log.finalize(owner, outcome(id))
    expect(await newest(5)).toMatchObject([
      { type: 'user:input:required', workflowId: 'wf', inputType: 'approval' },
      { type: 'user:input:required', workflowId: 'wf' },
      { type: 'user:input:expired', workflowId: 'wf', inputType: 'approval' },
      { type: 'user:input:expired', workflowId: 'wf', inputType: 'approval' },
      { type: 'execution:completed', workflowId: 'wf' },
    ])
  })

  it('S08 completes events of older logs when they are read', async () => {
    const id = await newExecution()
    await log.append(owner, [asked(id, `${id}:q`), expired(id, `${id}:q`)])
    await test.database.pool.query(
      `update events set payload = replace(replace(payload, ',"workflowId":"wf"', ''), ',"inputType":"approval"', '')
       where topic = 'workspace:ws-1' and execution_id = $1 and type = 'user:input:expired'`,
      [id],
    )
    const { rows } = await test.database.pool.query<{ payload: string }>(
      `select payload from events where topic = 'workspace:ws-1' and execution_id = $1 and type = 'user:input:expired'`,
      [id],
    )
    expect(rows[0]?.payload).not.toMatch(/workflowId|inputType/)
    expect((await newest(1))[0]).toEqual({
      ...JSON.parse(rows[0]?.payload ?? ''),
      workflowId: 'wf',
      inputType: 'approval',
    })
  })

  it('refuses a zombie attempt and everything after the end of its node', async () => {
    const id = await newExecution()
    await log.append(owner, [nodeEvent(id, 'node:started', 2)])
    const refused = { status: 'refused', reason: 'fenced' }
    expect((await log.append(owner, [chunk(id, 1, 0), nodeEvent(id, 'node:started', 1)])).outcomes).toEqual([
      refused,
      refused,
    ])
    const late: EventDraft = {
      type: 'node:retry',
      eventId: eventId({ nodePath: 'a', type: 'node:retry', attempt: 1 }),
      timestamp: 3,
      executionId: id,
      nodeId: 'a',
      nodePath: 'a',
      iteration: 1,
      attempt: 1,
      nextRetryIn: 0,
      error: { code: 'WORKER_LOST', message: 'lost' },
    }
    expect((await log.append(owner, [late])).outcomes[0]?.status).toBe('appended')
    await log.append(owner, [nodeEvent(id, 'node:completed', 2)])
    expect((await log.append(owner, [chunk(id, 2, 7)])).outcomes).toEqual([refused])
    expect((await log.append(owner, [nodeEvent(id, 'node:started', 1, 'b')])).outcomes[0]?.status).toBe('appended')
  })

  it('ends an execution once and stores nothing after it', async () => {
    const id = await newExecution()
    await Promise.all([
      log.finalize(owner, outcome(id)),
      log.finalize(owner, outcome(id, { outcome: { status: 'cancelled', reason: 'late' } })),
    ])
    expect((await log.append(owner, [nodeEvent(id, 'node:started', 1)])).outcomes).toEqual([
      { status: 'refused', reason: 'terminal' },
    ])
    const events = await all(`execution:${id}`)
    expect(events.map((event) => event.type)).toEqual(['execution:created', 'execution:completed'])
    expect(await log.head(`execution:${id}`)).toMatchObject({ closed: true, seq: 2 })
    const { rows } = await test.database.pool.query('select status, outputs from executions where id = $1', [id])
    expect(rows).toEqual([{ status: 'completed', outputs: { ok: true } }])
  })

  it('takes back what never became true and says what is missing when it closes', async () => {
    const id = await newExecution()
    const skipped = (nodePath: string): EventDraft => ({
      type: 'node:skipped',
      eventId: eventId({ nodePath, type: 'node:skipped' }),
      timestamp: 2,
      executionId: id,
      nodeId: nodePath,
      nodePath,
      iteration: 1,
      reason: 'r',
    })
    await log.append(owner, [skipped('phantom'), skipped('real')])
    await log.finalize(
      owner,
      outcome(id, {
        eventIds: [eventId({ nodePath: 'real', type: 'node:skipped' })],
        nodes: [
          { nodePath: 'real', nodeId: 'real', iteration: 1, status: 'skipped' },
          { nodePath: 'phantom', nodeId: 'phantom', iteration: 1, status: 'completed', output: 1 },
        ],
      }),
    )
    const events = await all(`execution:${id}`)
    expect(events.slice(3).map((event) => event.type)).toEqual([
      'event:retracted',
      'node:corrected',
      'execution:completed',
    ])
    expect(events[3]).toMatchObject({ retractedEventId: 'phantom/node:skipped/-/-' })
    expect(events[4]).toMatchObject({ nodePath: 'phantom', status: 'completed', output: 1 })
  })

  it('keeps one bad request from failing those that share its transaction', async () => {
    const id = await newExecution()
    const poisoned = { ...chunk(id, 1, 0), timestamp: 2 }
    const failing = log.append(owner, [poisoned], async (client) => {
      await client.query('select * from no_such_table')
    })
    const others = [1, 2, 3].map((ordinal) => log.append(owner, [chunk(id, 1, ordinal)]))
    await expect(failing).rejects.toThrow(/no_such_table/)
    expect((await Promise.all(others)).map(({ outcomes }) => outcomes[0]?.status)).toEqual([
      'appended',
      'appended',
      'appended',
    ])
  })

  it('stores text that Postgres would refuse in jsonb', async () => {
    const id = await newExecution()
    await log.finalize(
      owner,
      outcome(id, { outcome: { status: 'completed', outputs: { text: 'nul \u0000 half \ud800 end' } } }),
    )
    const { rows } = await test.database.pool.query('select outputs from executions where id = $1', [id])
    expect(rows[0].outputs.text).toBe('nul \uFFFD half \uFFFD end')
  })

  it('leaves one event per id, gapless and in each emitter’s order, whatever is retried and interleaved', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            emitter: fc.integer({ min: 0, max: 2 }),
            from: fc.integer({ min: 0, max: 9 }),
            count: fc.integer({ min: 1, max: 5 }),
          }),
          { maxLength: 25 },
        ),
        async (calls) => {
          const ids = [await newExecution(), await newExecution(), await newExecution()]
          const announced: string[] = []
          const stop = log.onCommit((stored) =>
            announced.push(
              ...stored.filter((event) => event.type === 'node:stream').map((event) => `${event.topic}#${event.seq}`),
            ),
          )
          await Promise.all(
            calls.map(({ emitter, from, count }) =>
              log.append(
                owner,
                Array.from({ length: count }, (_, index) => chunk(ids[emitter] ?? '', 1, from + index)),
              ),
            ),
          )
          stop()
          const expectedAnnounced: string[] = []
          for (const [emitter, id] of ids.entries()) {
            const events = (await all(`execution:${id}`)).slice(1)
            expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 2))
            const wanted = new Set(
              calls
                .filter((call) => call.emitter === emitter)
                .flatMap(({ from, count }) => Array.from({ length: count }, (_, index) => from + index)),
            )
            expect(new Set(events.map((event) => (event.type === 'node:stream' ? event.offset : -1)))).toEqual(wanted)
            expect(events).toHaveLength(wanted.size)
            expectedAnnounced.push(...events.map((event) => `execution:${id}#${event.seq}`))
          }
          expect(announced.toSorted()).toEqual(expectedAnnounced.toSorted())
        },
      ),
      { numRuns: 30 },
    )
  })
})
