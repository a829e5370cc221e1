import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { type BatchStep, callOf, type PreparedStatement } from '../repositories/prepared-batch.ts'

/** A topic's head as locked by the open transaction. */
export interface LockedHead {
  epoch: string
  /** As it was locked. */
  from: number
  seq: number
}

export interface HeadRow {
  topic: string
  epoch: string
  head: number
}

/** One search by index for each name, and so in the order of the names; see `findStoredStatement`. */
const lockStatement: PreparedStatement = {
  name: 'lock-topics',
  types: ['text[]'],
  text: `select locked.topic, locked.epoch, locked.head from unnest($1) as named(topic)
         cross join lateral (
           select topic, epoch, head from topics where topics.topic = named.topic limit 1 for update
         ) as locked`,
}

/**
 * Locks the topics' rows in one fixed order (by name, so that two processes cannot deadlock); `toHeads`
 * takes its result. Whoever holds a topic's lock is the only one to give it numbers.
 */
export function lockTopics(names: Iterable<string>): BatchStep {
  return callOf(lockStatement, [...names].toSorted())
}

export function toHeads(rows: HeadRow[]): Map<string, LockedHead> {
  return new Map(rows.map(({ topic, epoch, head }) => [topic, { epoch, from: head, seq: head }]))
}

/** Creates the topics and locks them thereby. What another transaction created meanwhile is not in the answer. */
export async function createMissingTopics(
  client: pg.PoolClient,
  missing: readonly string[],
  workspaceOf: ReadonlyMap<string, string>,
): Promise<Map<string, LockedHead>> {
  if (missing.length === 0) return new Map()
  const names = missing.toSorted()
  const { rows } = await client.query<HeadRow>(
    `insert into topics (topic, workspace_id, epoch, head, created_at)
     select t, w, e, 0, $4 from unnest($1::text[], $2::text[], $3::text[]) as new(t, w, e) order by t
     on conflict do nothing returning topic, epoch, head`,
    [names, names.map((name) => workspaceOf.get(name)), names.map(() => randomUUID()), Date.now()],
  )
  return toHeads(rows)
}

const saveStatement: PreparedStatement = {
  name: 'save-head',
  types: ['text', 'bigint'],
  text: 'update topics set head = $2 where topic = $1',
}

export function saveHeads(heads: ReadonlyMap<string, LockedHead>): BatchStep[] {
  return [...heads].flatMap(([name, { from, seq }]) => (seq > from ? [callOf(saveStatement, name, seq)] : []))
}
