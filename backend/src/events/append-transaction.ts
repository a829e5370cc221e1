import { type EventDraft, isTerminalEvent } from '@millrace/shared/events'
import type { AppendOutcome, EventOwner } from '@millrace/temporal/ports'
import type pg from 'pg'
import { type BatchStep, callOf, type PreparedStatement, runBatch } from '../repositories/prepared-batch.ts'
import type { StoredEvent } from './event-reader.ts'
import { advanceFence, fenceKey, isFenced, loadFences, needsFence, saveFences, toFences } from './node-fence.ts'
import { readModelSteps } from './read-models.ts'
import { type AskedRow, findAsked, findRuns, RunFacts, type RunRow } from './run-facts.ts'
import { draftJsonOf, payloadOf } from './stored-payload.ts'
import { createMissingTopics, type HeadRow, type LockedHead, lockTopics, saveHeads, toHeads } from './topic-heads.ts'
import { eventIdIn, topicsOf } from './topic-name.ts'

/** One caller's drafts, stored together and in order. */
export interface AppendRequest {
  owner: EventOwner
  drafts: EventDraft[]
  /** Rows that must exist together with the events; runs first in the transaction. */
  before?: (client: pg.PoolClient) => Promise<void>
}

export interface AppendResult {
  /** One per draft. */
  outcomes: AppendOutcome[]
  /** What was newly stored, a row per topic, in order of storing. */
  stored: StoredEvent[]
}

/**
 * Stores the requests in one transaction of two exchanges with the database: lock and read, then write.
 * `seq` is gapless because the topics' rows are locked first and whoever holds a lock is the only one to
 * number its topic. A repeated event id changes nothing. The caller rolls back when it throws.
 */
export async function appendInTransaction(client: pg.PoolClient, requests: AppendRequest[]): Promise<AppendResult[]> {
  return append(client, requests, ['begin'], ['commit'])
}

/** The same within a transaction that the caller began and commits. */
export async function appendWithin(client: pg.PoolClient, requests: AppendRequest[]): Promise<AppendResult[]> {
  return append(client, requests, [], [])
}

async function append(
  client: pg.PoolClient,
  requests: AppendRequest[],
  opening: BatchStep[],
  closing: BatchStep[],
): Promise<AppendResult[]> {
  const now = Date.now()
  const workspaceOf = new Map<string, string>()
  const grouped = requests.map(({ owner, drafts }) =>
    drafts.map((draft): Entry => {
      const topics = topicsOf(owner, draft)
      for (const topic of topics) workspaceOf.set(topic, owner.workspaceId)
      return { draft, topics }
    }),
  )
  const entries = grouped.flat()
  const drafts = entries.map(({ draft }) => draft)
  const fenceKeys = new Set(
    entries.flatMap(({ draft }) => (needsFence(draft) ? [fenceKey(draft.executionId, draft.nodePath)] : [])),
  )
  const reads = [
    lockTopics(workspaceOf.keys()),
    findStored(entries),
    findRuns(drafts),
    ...(fenceKeys.size === 0 ? [] : [loadFences(fenceKeys)]),
    ...findAsked(drafts),
  ]
  const [locked, known, runs, ...rest] = (await runBatch(client, [...opening, ...reads])).slice(opening.length)
  const fenceRows = fenceKeys.size === 0 ? undefined : rest.shift()
  const [asked] = rest
  const heads = toHeads((locked?.rows ?? []) as HeadRow[])
  await createMissingTopics(client, workspaceOf, heads)
  for (const { before } of requests) await before?.(client)
  const storedSeqs = toStoredSeqs((known?.rows ?? []) as StoredRow[])
  const facts = new RunFacts((runs?.rows ?? []) as RunRow[], (asked?.rows ?? []) as AskedRow[])
  const fences = toFences(fenceRows?.rows ?? [])

  const accepted: EventDraft[] = []
  const rows: EventRow[] = []
  const results = grouped.map((group): AppendResult => {
    const stored: StoredEvent[] = []
    const outcomes = group.map(({ draft, topics }): AppendOutcome => {
      const [first = ''] = topics
      const storedSeq = storedSeqs.get(identity(first, eventIdIn(first, draft)))
      if (storedSeq !== undefined) return { status: 'duplicate', seq: storedSeq }
      if ('executionId' in draft) {
        if (facts.isClosed(draft.executionId)) return { status: 'refused', reason: 'terminal' }
        if (isTerminalEvent(draft)) facts.close(draft.executionId)
      }
      if (needsFence(draft)) {
        const key = fenceKey(draft.executionId, draft.nodePath)
        const fence = fences.get(key)
        if (isFenced(draft, fence)) return { status: 'refused', reason: 'fenced' }
        const next = advanceFence(draft, fence)
        if (next !== undefined) fences.set(key, next)
      }
      accepted.push(draft)
      const added = rowsOf(facts.stamp(draft), topics, heads, now)
      for (const row of added) storedSeqs.set(identity(row.topic, row.eventId), row.seq)
      rows.push(...added)
      stored.push(...added)
      return { status: 'appended', seq: added[0]?.seq ?? 0 }
    })
    return { outcomes, stored }
  })

  const writes =
    rows.length === 0
      ? []
      : [insertRows(rows), saveHeads(heads), ...saveFences(fences), ...readModelSteps(accepted, now)]
  if (writes.length + closing.length > 0) await runBatch(client, [...writes, ...closing])
  return results
}

interface Entry {
  draft: EventDraft
  topics: string[]
}

type EventRow = StoredEvent & { executionId: string | null; createdAt: number }

function rowsOf(draft: EventDraft, topics: string[], heads: ReadonlyMap<string, LockedHead>, now: number): EventRow[] {
  const json = draftJsonOf(draft)
  return topics.map((topic) => {
    const head = heads.get(topic)
    if (head === undefined) throw new Error(`topic ${topic} is not locked`)
    head.seq += 1
    head.isDirty = true
    return {
      topic,
      seq: head.seq,
      eventId: eventIdIn(topic, draft),
      type: draft.type,
      payload: payloadOf(json, topic, head.seq),
      executionId: 'executionId' in draft ? draft.executionId : null,
      createdAt: now,
    }
  })
}

function identity(topic: string, eventId: string): string {
  return `${topic}\n${eventId}`
}

const findStoredStatement: PreparedStatement = {
  name: 'find-stored',
  types: ['text[]', 'text[]'],
  text: 'select topic, event_id, seq from events where (topic, event_id) in (select * from unnest($1, $2))',
}

interface StoredRow {
  topic: string
  event_id: string
  seq: number
}

/** Numbers of the drafts that are stored already; looked up in the first topic of each, for all topics are written together. */
function findStored(entries: Entry[]): BatchStep {
  const topics = entries.map(({ topics: [first = ''] }) => first)
  return callOf(
    findStoredStatement,
    topics,
    entries.map(({ draft }, index) => eventIdIn(topics[index] ?? '', draft)),
  )
}

function toStoredSeqs(rows: StoredRow[]): Map<string, number> {
  return new Map(rows.map((row) => [identity(row.topic, row.event_id), row.seq]))
}

const insertStatement: PreparedStatement = {
  name: 'insert-events',
  types: ['text[]', 'bigint[]', 'text[]', 'text[]', 'text[]', 'text[]', 'bigint'],
  text: `insert into events (topic, seq, event_id, type, execution_id, payload, created_at)
         select *, $7 from unnest($1, $2, $3, $4, $5, $6)`,
}

function insertRows(rows: EventRow[]): BatchStep {
  return callOf(
    insertStatement,
    rows.map((row) => row.topic),
    rows.map((row) => row.seq),
    rows.map((row) => row.eventId),
    rows.map((row) => row.type),
    rows.map((row) => row.executionId),
    rows.map((row) => row.payload),
    rows[0]?.createdAt ?? 0,
  )
}
