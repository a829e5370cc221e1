import { type EventDraft, isTerminalEvent } from '@millrace/shared/events'
import type { AppendOutcome, EventOwner } from '@millrace/temporal/ports'
import type pg from 'pg'
import type { StoredEvent } from './event-reader.ts'
import { advanceFence, fenceKey, isFenced, loadFences, needsFence, saveFences } from './node-fence.ts'
import { updateReadModels } from './read-models.ts'
import { draftJsonOf, payloadOf } from './stored-payload.ts'
import { type LockedHead, lockTopics, saveHeads } from './topic-heads.ts'
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
 * Stores the requests within the open transaction. `seq` is gapless because the topics' rows are
 * locked first and whoever holds a lock is the only one to number its topic. A repeated event id changes nothing.
 */
export async function appendWithin(client: pg.PoolClient, requests: AppendRequest[]): Promise<AppendResult[]> {
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
  for (const { before } of requests) await before?.(client)
  const heads = await lockTopics(client, workspaceOf)
  const storedSeqs = await findStored(client, entries)
  const closed = await findClosed(
    client,
    entries.map(({ draft }) => draft),
  )
  const fences = await loadFences(
    client,
    new Set(entries.flatMap(({ draft }) => (needsFence(draft) ? [fenceKey(draft.executionId, draft.nodePath)] : []))),
  )

  const accepted: EventDraft[] = []
  const rows: EventRow[] = []
  const results = grouped.map((group): AppendResult => {
    const stored: StoredEvent[] = []
    const outcomes = group.map(({ draft, topics }): AppendOutcome => {
      const [first = ''] = topics
      const known = storedSeqs.get(identity(first, eventIdIn(first, draft)))
      if (known !== undefined) return { status: 'duplicate', seq: known }
      if ('executionId' in draft) {
        if (closed.has(draft.executionId)) return { status: 'refused', reason: 'terminal' }
        if (isTerminalEvent(draft)) closed.add(draft.executionId)
      }
      if (needsFence(draft)) {
        const key = fenceKey(draft.executionId, draft.nodePath)
        const fence = fences.get(key)
        if (isFenced(draft, fence)) return { status: 'refused', reason: 'fenced' }
        const next = advanceFence(draft, fence)
        if (next !== undefined) fences.set(key, next)
      }
      accepted.push(draft)
      const added = rowsOf(draft, topics, heads, now)
      for (const row of added) storedSeqs.set(identity(row.topic, row.eventId), row.seq)
      rows.push(...added)
      stored.push(...added)
      return { status: 'appended', seq: added[0]?.seq ?? 0 }
    })
    return { outcomes, stored }
  })

  if (rows.length === 0) return results
  await insertRows(client, rows)
  await saveHeads(client, heads)
  await saveFences(client, fences)
  await updateReadModels(client, accepted, now)
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

/** Numbers of the drafts that are stored already; looked up in the first topic of each, for all topics are written together. */
async function findStored(client: pg.PoolClient, entries: Entry[]): Promise<Map<string, number>> {
  const topics = entries.map(({ topics: [first = ''] }) => first)
  const { rows } = await client.query<{ topic: string; event_id: string; seq: number }>({
    name: 'find-stored',
    text: 'select topic, event_id, seq from events where (topic, event_id) in (select * from unnest($1::text[], $2::text[]))',
    values: [topics, entries.map(({ draft }, index) => eventIdIn(topics[index] ?? '', draft))],
  })
  return new Map(rows.map((row) => [identity(row.topic, row.event_id), row.seq]))
}

async function findClosed(client: pg.PoolClient, drafts: EventDraft[]): Promise<Set<string>> {
  const ids = new Set(drafts.flatMap((draft) => ('executionId' in draft ? [draft.executionId] : [])))
  if (ids.size === 0) return new Set()
  const { rows } = await client.query<{ id: string }>({
    name: 'find-closed',
    text: `select id from executions where id = any($1::text[]) and status in ('completed', 'failed', 'cancelled')`,
    values: [[...ids]],
  })
  return new Set(rows.map(({ id }) => id))
}

async function insertRows(client: pg.PoolClient, rows: EventRow[]): Promise<void> {
  await client.query({
    name: 'insert-events',
    text: `insert into events (topic, seq, event_id, type, execution_id, payload, created_at)
           select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])`,
    values: [
      rows.map((row) => row.topic),
      rows.map((row) => row.seq),
      rows.map((row) => row.eventId),
      rows.map((row) => row.type),
      rows.map((row) => row.executionId),
      rows.map((row) => row.payload),
      rows.map((row) => row.createdAt),
    ],
  })
}
