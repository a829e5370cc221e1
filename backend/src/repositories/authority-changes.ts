import { lt, sql } from 'drizzle-orm'
import type { Database, Tx } from './database.ts'
import { authorityChanges } from './schema/sharing.ts'

export type AuthorityChange = typeof authorityChanges.$inferSelect

/** The database's clock, epoch milliseconds: one for all processes, whose own may differ. */
const databaseNow = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`

/** Longest wait for a look; a server that does not answer must not hold the next look up for ever. */
const readTimeoutMs = 3000

/** Notes that rights were taken or changed. Call in the transaction that does it, so that neither is there without the other. */
export async function insertAuthorityChanges(
  tx: Tx,
  kind: AuthorityChange['kind'],
  subjects: readonly string[],
): Promise<void> {
  if (subjects.length === 0) return
  await tx.insert(authorityChanges).values(subjects.map((subject) => ({ kind, subject, changedAt: databaseNow })))
}

/** Changes from a time of the database's clock on, oldest first. */
export async function readAuthorityChanges(
  { pool }: Database,
  { sinceMs, limit }: { sinceMs: number; limit: number },
): Promise<AuthorityChange[]> {
  const query = {
    text: 'select id, kind, subject, changed_at from authority_changes where changed_at >= $1 order by changed_at, id limit $2',
    values: [sinceMs, limit],
    query_timeout: readTimeoutMs,
  }
  const { rows } = await pool.query<Omit<AuthorityChange, 'changedAt'> & { changed_at: number }>(query)
  return rows.map(({ changed_at: changedAt, ...row }) => ({ ...row, changedAt }))
}

/** What the database's clock shows. */
export async function readDatabaseClock({ pool }: Database): Promise<number> {
  const query = {
    text: 'select (extract(epoch from clock_timestamp()) * 1000)::bigint as now',
    query_timeout: readTimeoutMs,
  }
  const { rows } = await pool.query<{ now: number }>(query)
  return rows[0]?.now ?? 0
}

export async function deleteAuthorityChangesBefore(tx: Tx, before: number): Promise<void> {
  await tx.delete(authorityChanges).where(lt(authorityChanges.changedAt, before))
}
