import type pg from 'pg'

/**
 * Gives the past of every topic a new name. For a log that was restored from a backup: the numbers that it gives out
 * next were given to other events before, and no reader's cursor may continue among them. Returns how many topics
 * there are.
 */
export async function renewEveryEpoch(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query('update topics set epoch = gen_random_uuid()::text')
  return rowCount ?? 0
}
