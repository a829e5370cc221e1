import type { EventDraft } from '@millrace/shared/events'
import { eventId } from '@millrace/shared/events/event-id'
import type { EventOwner } from '@millrace/temporal/ports'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { appendWithin } from '../src/events/append-transaction.ts'
import { EventLog } from '../src/events/event-log.ts'
import { openTestPglite, openTestPostgres, type TestDatabase } from './support/test-database.ts'
import { waitUntil } from './support/wait-until.ts'

const owner: EventOwner = { workspaceId: 'ws-1', userId: 'user-1' }
const nodeA = { timestamp: 2, nodeId: 'a', nodePath: 'a', iteration: 1 }
let counter = 0

async function newExecution(log: EventLog): Promise<string> {
  const id = `run-${++counter}`
  const workflow = { workflowId: 'wf', workflowName: 'W', workflowVersion: 1 }
  const type = 'execution:created'
  const draft = { type, eventId: eventId({ nodePath: null, type }), timestamp: 1, executionId: id } as const
  await log.createExecution({
    owner,
    row: { id, input: {}, startedByName: 'Kim' },
    plan: { engineVersion: 1, ...workflow, nodes: [], edges: [], loops: [] },
    draft: { ...draft, ...workflow, totalNodes: 2 },
  })
  return id
}

function chunk(executionId: string, offset: number, attempt = 1): EventDraft {
  const type = 'node:stream'
  return {
    ...nodeA,
    executionId,
    attempt,
    type,
    eventId: eventId({ nodePath: 'a', type, attempt, ordinal: offset }),
    chunk: 'x',
    offset,
  }
}

function completed(executionId: string): EventDraft {
  const type = 'node:completed'
  return {
    ...nodeA,
    executionId,
    attempt: 1,
    type,
    eventId: eventId({ nodePath: 'a', type, attempt: 1 }),
    duration: 1,
    ports: ['out'],
  }
}

function documentDone(documentId: string): EventDraft {
  const type = 'kb:document:completed'
  const document = { knowledgeBaseId: 'kb', documentId, documentName: 'd', chunkCount: 1, duration: 1 }
  return { type, eventId: `${documentId}/${type}/-/-`, timestamp: 1, ...document }
}

describe('several processes that append to the same topics (R2)', () => {
  let test: TestDatabase
  let one: EventLog
  let other: EventLog

  beforeAll(async () => {
    test = await openTestPostgres()
    one = new EventLog(test.database.pool)
    other = new EventLog(test.database.pool)
  })
  afterAll(async () => {
    await Promise.all([one.close(), other.close()])
    await test.close()
  })

  it('number them without a gap, whoever remembers an older head', async () => {
    const id = await newExecution(one)
    for (let offset = 0; offset < 6; offset += 1) {
      await (offset % 2 === 0 ? one : other).append(owner, [chunk(id, offset)])
      await (offset % 2 === 0 ? other : one).append(owner, [documentDone(`doc-${offset}`)])
    }
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 3 === 0 ? one : other).append(owner, [chunk(id, 6 + index)])),
    )
    for (const topic of [`execution:${id}`, 'workspace:ws-1']) {
      const seqs = (await one.read(topic, 0, 1000)).map(({ seq }) => seq)
      expect(seqs).toEqual(seqs.map((_, index) => index + 1))
      expect((await one.head(topic))?.seq).toBe(seqs.length)
    }
  })

  it('refuse what the other knows to be over: a node, an attempt, a run', async () => {
    const id = await newExecution(one)
    await one.append(owner, [chunk(id, 0)])
    await other.append(owner, [chunk(id, 1, 2)])
    expect((await one.append(owner, [chunk(id, 2)])).outcomes).toEqual([{ status: 'refused', reason: 'fenced' }])
    await other.append(owner, [completed(id)])
    expect((await one.append(owner, [chunk(id, 3, 2)])).outcomes).toEqual([{ status: 'refused', reason: 'fenced' }])
    const end = { outcome: { status: 'completed', outputs: {} }, finishedAt: 5, duration: 4 } as const
    await other.finalize(owner, { executionId: id, ...end, nodes: [], eventIds: [], isJournalComplete: false })
    const created = { ...chunk(id, 4), nodePath: 'b', eventId: 'b/node:stream/1/4' } as EventDraft
    expect((await one.append(owner, [created])).outcomes).toEqual([{ status: 'refused', reason: 'terminal' }])
  })

  it('answer a repeated event as such to who lost the race for a new topic', async () => {
    const newcomer: EventOwner = { workspaceId: 'ws-new', userId: 'user-1' }
    const client = await test.database.pool.connect()
    await client.query('begin')
    await appendWithin(client, [{ owner: newcomer, drafts: [documentDone('first')] }])
    const late = one.append(newcomer, [documentDone('first'), documentDone('second')])
    await waitUntil(
      async () => {
        const { rows } = await test.database.pool.query('select 1 from pg_locks where not granted')
        return rows.length > 0
      },
      { timeoutMs: 10_000, intervalMs: 5, describe: () => 'the late append to wait' },
    )
    await client.query('commit')
    client.release()
    expect((await late).outcomes).toEqual([
      { status: 'duplicate', seq: 1 },
      { status: 'appended', seq: 2 },
    ])
  })

  it('continue from the stored head when the log is put back to an older copy', async () => {
    const id = await newExecution(one)
    await one.append(owner, [chunk(id, 0), chunk(id, 1), chunk(id, 2)])
    const topic = `execution:${id}`
    await test.database.pool.query('delete from events where topic = $1 and seq > 2', [topic])
    await test.database.pool.query(`update topics set head = 2, epoch = 'another' where topic = $1`, [topic])
    expect((await one.append(owner, [chunk(id, 7)])).outcomes).toEqual([{ status: 'appended', seq: 3 }])
    expect((await one.append(owner, [chunk(id, 1)])).outcomes).toEqual([{ status: 'appended', seq: 4 }])
  })
})

describe('the embedded log', () => {
  let test: TestDatabase
  let log: EventLog

  beforeAll(async () => {
    test = await openTestPglite()
    log = new EventLog(test.database.pool)
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  afterAll(async () => {
    await log.close()
    await test.close()
  })

  it('finds what it needs by index, also where statements were planned while the tables were empty', async () => {
    const id = await newExecution(log)
    await log.append(owner, [chunk(id, 0)])
    // A repeated id takes the way that reads first.
    await log.append(owner, [chunk(id, 0), completed(id)])
    const { pool } = test.database
    const { rows } = await pool.query<{ name: string; arity: number }>(
      'select name, cardinality(parameter_types) as arity from pg_prepared_statements where from_sql',
    )
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'append-to-topic',
        'find-runs',
        'find-stored',
        'load-fences',
        'lock-topics',
        'save-head',
      ]),
    )
    await pool.query('set plan_cache_mode = force_generic_plan')
    for (const { name, arity } of rows) {
      const plan = await pool.query(`explain execute "${name}"(${Array(arity).fill('null').join(',')})`)
      expect(`${name}: ${JSON.stringify(plan.rows)}`).not.toMatch(/Seq Scan|Hash/)
    }
    await pool.query('reset plan_cache_mode')
  })

  it('tells the run’s row that it lives at most once a second, and not later', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
    const id = await newExecution(log)
    const touchedAt = async () =>
      (await test.database.pool.query('select touched_at from executions where id = $1', [id])).rows[0].touched_at
    const touches: number[] = []
    for (let offset = 0; offset < 12; offset += 1) {
      vi.setSystemTime(1_000_000 + offset * 250)
      await log.append(owner, [chunk(id, offset)])
      touches.push((await touchedAt()) - 1_000_000)
    }
    expect(touches.slice(4)).toEqual([1000, 1000, 1000, 1000, 2000, 2000, 2000, 2000])
  })
})
