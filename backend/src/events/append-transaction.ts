import type pg from 'pg'
import { type BatchStep, callOf, type PreparedStatement, runBatch } from '../repositories/prepared-batch.ts'
import {
  type AppendRequest,
  type AppendResult,
  type AppendState,
  acceptDrafts,
  type Entry,
  type EventRow,
  entriesOf,
  fenceKeysOf,
  identity,
} from './accept-drafts.ts'
import { loadFences, saveFences, toFences } from './node-fence.ts'
import { readModelSteps } from './read-models.ts'
import { type AskedRow, findAsked, findRuns, RunFacts, type RunRow } from './run-facts.ts'
import { createMissingTopics, type HeadRow, lockTopics, saveHeads, toHeads } from './topic-heads.ts'
import type { LearntAppend, TopicMemory } from './topic-memory.ts'
import { eventIdIn } from './topic-name.ts'

/**
 * Stores the requests in one transaction of two exchanges with the database: lock and read, then write.
 * `seq` is gapless because the topics' rows are locked first and whoever holds a lock is the only one to
 * number its topic. A repeated event id changes nothing. The caller rolls back when it throws.
 */
export async function appendInTransaction(
  client: pg.PoolClient,
  requests: AppendRequest[],
  memory: TopicMemory,
): Promise<AppendResult[]> {
  const { results, learnt } = await append(client, requests, ['begin'], ['commit'])
  memory.learn(learnt)
  return results
}

/** The same within a transaction that the caller began and commits. */
export async function appendWithin(client: pg.PoolClient, requests: AppendRequest[]): Promise<AppendResult[]> {
  const { results } = await append(client, requests, [], [])
  return results
}

async function append(
  client: pg.PoolClient,
  requests: AppendRequest[],
  opening: BatchStep[],
  closing: BatchStep[],
): Promise<{ results: AppendResult[]; learnt: LearntAppend }> {
  const now = Date.now()
  const { groups, workspaceOf } = entriesOf(requests)
  const entries = groups.flat()
  let state = await readState(client, opening, entries, workspaceOf.keys())
  const missing = [...workspaceOf.keys()].filter((topic) => !state.heads.has(topic))
  const created = await createMissingTopics(client, missing, workspaceOf)
  // Who lost the race for a new topic has read before the winner's events were there.
  if (created.size < missing.length) state = await readState(client, [], entries, workspaceOf.keys())
  else for (const [topic, head] of created) state.heads.set(topic, head)
  for (const { before } of requests) await before?.(client)

  const { results, accepted, rows } = acceptDrafts(groups, state)
  const touched = executionsOf(accepted)
  const writes =
    rows.length === 0
      ? []
      : [
          insertRows(rows, now),
          ...saveHeads(state.heads),
          ...saveFences(state.fences),
          ...readModelSteps(accepted, touched, now),
        ]
  if (writes.length + closing.length > 0) await runBatch(client, [...writes, ...closing])
  return { results, learnt: { state, created: new Set(created.keys()), touched: new Set(touched), now } }
}

/** Locks the topics, then reads what decides about the drafts. */
async function readState(
  client: pg.PoolClient,
  opening: BatchStep[],
  entries: Entry[],
  topics: Iterable<string>,
): Promise<AppendState> {
  const drafts = entries.map(({ draft }) => draft)
  const fenceKeys = fenceKeysOf(entries)
  const reads = [
    lockTopics(topics),
    findStored(entries),
    findRuns(drafts),
    ...(fenceKeys.size === 0 ? [] : [loadFences(fenceKeys)]),
    ...findAsked(drafts),
  ]
  const [locked, known, runs, ...rest] = (await runBatch(client, [...opening, ...reads])).slice(opening.length)
  const fenceRows = fenceKeys.size === 0 ? undefined : rest.shift()
  const [asked] = rest
  return {
    heads: toHeads((locked?.rows ?? []) as HeadRow[]),
    storedSeqs: toStoredSeqs((known?.rows ?? []) as StoredRow[]),
    facts: new RunFacts((runs?.rows ?? []) as RunRow[], (asked?.rows ?? []) as AskedRow[]),
    fences: toFences(fenceRows?.rows ?? []),
  }
}

function executionsOf(drafts: readonly Entry['draft'][]): string[] {
  return [...new Set(drafts.flatMap((draft) => ('executionId' in draft ? [draft.executionId] : [])))]
}

/**
 * One search by index for each draft, whatever the planner believes: a join was planned while the table was
 * empty, as a scan of all of it, and the embedded database never collects the statistics that correct this.
 */
const findStoredStatement: PreparedStatement = {
  name: 'find-stored',
  types: ['text[]', 'text[]'],
  text: `select sought.topic, sought.event_id, stored.seq from unnest($1, $2) as sought(topic, event_id)
         cross join lateral (
           select seq from events where events.topic = sought.topic and events.event_id = sought.event_id limit 1
         ) as stored`,
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

function insertRows(rows: EventRow[], now: number): BatchStep {
  return callOf(
    insertStatement,
    rows.map((row) => row.topic),
    rows.map((row) => row.seq),
    rows.map((row) => row.eventId),
    rows.map((row) => row.type),
    rows.map((row) => row.executionId),
    rows.map((row) => row.payload),
    now,
  )
}
