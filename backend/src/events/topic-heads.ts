import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { type BatchStep, callOf, type PreparedStatement, runBatch } from '../repositories/prepared-batch.ts'

/** A topic's head as locked by the open transaction. */
export interface LockedHead {
  seq: number
  isDirty: boolean
}

export interface HeadRow {
  topic: string
  head: number
}

const lockStatement: PreparedStatement = {
  name: 'lock-topics',
  types: ['text[]'],
  text: 'select topic, head from topics where topic = any($1) order by topic for update',
}

/**
 * Locks the topics' rows in one fixed order (by name, so that two processes cannot deadlock); `toHeads`
 * takes its result. Whoever holds a topic's lock is the only one to give it numbers.
 */
export function lockTopics(names: Iterable<string>): BatchStep {
  return callOf(lockStatement, [...names].toSorted())
}

export function toHeads(rows: HeadRow[]): Map<string, LockedHead> {
  return new Map(rows.map(({ topic, head }) => [topic, { seq: head, isDirty: false }]))
}

/** Creates and locks the topics that `heads` lacks, and adds them to it. */
export async function createMissingTopics(
  client: pg.PoolClient,
  workspaceOf: ReadonlyMap<string, string>,
  heads: Map<string, LockedHead>,
): Promise<void> {
  const missing = [...workspaceOf.keys()].filter((name) => !heads.has(name)).toSorted()
  if (missing.length === 0) return
  await client.query(
    `insert into topics (topic, workspace_id, epoch, head, created_at)
     select t, w, e, 0, $4 from unnest($1::text[], $2::text[], $3::text[]) as new(t, w, e) order by t on conflict do nothing`,
    [missing, missing.map((name) => workspaceOf.get(name)), missing.map(() => randomUUID()), Date.now()],
  )
  const [locked] = await runBatch(client, [lockTopics(missing)])
  for (const [name, head] of toHeads((locked?.rows ?? []) as HeadRow[])) heads.set(name, head)
}

const saveStatement: PreparedStatement = {
  name: 'save-heads',
  types: ['text[]', 'bigint[]'],
  text: 'update topics set head = new.head from unnest($1, $2) as new(topic, head) where topics.topic = new.topic',
}

export function saveHeads(heads: ReadonlyMap<string, LockedHead>): BatchStep {
  const dirty = [...heads].filter(([, head]) => head.isDirty)
  return callOf(
    saveStatement,
    dirty.map(([name]) => name),
    dirty.map(([, head]) => head.seq),
  )
}
