import type pg from 'pg'

const intervalMs = 60_000

/**
 * What a start after a crash has to replay: a second or so. Checkpoints this small hold appends up for some
 * tens of milliseconds, once a minute and only while much is written.
 */
const walBytesMax = 32 * 1024 * 1024

/**
 * PGlite is a server without helpers: nobody makes checkpoints while it runs, so its write-ahead log would grow by
 * 0.8 kB with every event until the process ends. Returns how to stop.
 */
export function boundWriteAheadLog(pool: pg.Pool, onFailure: (message: string) => void): () => void {
  const timer = setInterval(() => {
    cutWriteAheadLog(pool, walBytesMax).catch((error: unknown) => onFailure(String(error)))
  }, intervalMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** Makes a checkpoint when more than so many bytes were written since the last; whether it did. Exported for its test. */
export async function cutWriteAheadLog(pool: pg.Pool, bytesMax: number): Promise<boolean> {
  const { rows } = await pool.query<{ is_long: boolean }>({
    name: 'wal-since-checkpoint',
    text: 'select pg_current_wal_insert_lsn() - redo_lsn > $1 as is_long from pg_control_checkpoint()',
    values: [bytesMax],
  })
  const isLong = rows[0]?.is_long === true
  if (isLong) await pool.query('checkpoint')
  return isLong
}
