import { randomUUID } from 'node:crypto'
import type pg from 'pg'

/** A topic's head as locked by the open transaction. */
export interface LockedHead {
  seq: number
  isDirty: boolean
}

interface HeadRow {
  topic: string
  head: number
}

/**
 * Locks the topics' rows in one fixed order (by name, so that two processes cannot deadlock) and
 * creates those that do not exist. Whoever holds a topic's lock is the only one to give it numbers.
 */
export async function lockTopics(
  client: pg.PoolClient,
  workspaceOf: ReadonlyMap<string, string>,
): Promise<Map<string, LockedHead>> {
  const names = [...workspaceOf.keys()].toSorted()
  const heads = toHeads(await selectForUpdate(client, names))
  const missing = names.filter((name) => !heads.has(name))
  if (missing.length > 0) {
    await client.query(
      `insert into topics (topic, workspace_id, epoch, head, created_at)
       select t, w, e, 0, $4 from unnest($1::text[], $2::text[], $3::text[]) as new(t, w, e) order by t on conflict do nothing`,
      [missing, missing.map((name) => workspaceOf.get(name)), missing.map(() => randomUUID()), Date.now()],
    )
    for (const [name, head] of toHeads(await selectForUpdate(client, missing))) heads.set(name, head)
  }
  return heads
}

export async function saveHeads(client: pg.PoolClient, heads: ReadonlyMap<string, LockedHead>): Promise<void> {
  const dirty = [...heads].filter(([, head]) => head.isDirty)
  if (dirty.length === 0) return
  await client.query({
    name: 'save-heads',
    text: 'update topics set head = new.head from unnest($1::text[], $2::bigint[]) as new(topic, head) where topics.topic = new.topic',
    values: [dirty.map(([name]) => name), dirty.map(([, head]) => head.seq)],
  })
}

async function selectForUpdate(client: pg.PoolClient, names: string[]): Promise<HeadRow[]> {
  const { rows } = await client.query<HeadRow>({
    name: 'lock-topics',
    text: 'select topic, head from topics where topic = any($1::text[]) order by topic for update',
    values: [names],
  })
  return rows
}

function toHeads(rows: HeadRow[]): Map<string, LockedHead> {
  return new Map(rows.map(({ topic, head }) => [topic, { seq: head, isDirty: false }]))
}
