import { AppError } from '@millrace/shared/errors/app-error'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { openPglite } from './pglite/open-pglite.ts'
import * as schema from './schema/index.ts'

export type Orm = NodePgDatabase<typeof schema>
/** What a repository method takes: the pool or an open transaction. */
export type Tx = Orm | Parameters<Parameters<Orm['transaction']>[0]>[0]

/** Connections of one process to a Postgres server: enough for routes beside the log's single writer. */
const poolConnectionsMax = 10
const connectTimeoutMs = 5000

export interface DatabaseOptions {
  /** Home of the embedded database; unused with `databaseUrl`. */
  dataDir: string
  databaseUrl?: string | undefined
  onFailure: (message: string) => void
}

export interface Database {
  kind: 'pglite' | 'postgres'
  pool: pg.Pool
  orm: Orm
  /** Whether pgvector can be had here; without it search computes exactly in the process. */
  hasVector: boolean
  /** Keep transactions short, and await nothing but the database inside: PGlite has one connection. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Throws AppError DATABASE_UNAVAILABLE. */
  ping(): Promise<void>
  close(): Promise<void>
}

// Epoch milliseconds and sequence numbers stay below 2^53, so bigint columns read as numbers.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** Opens PGlite in the data folder, or the Postgres server that `databaseUrl` names. Closed by compose. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.databaseUrl === undefined) {
    const embedded = await openPglite(options.dataDir, options.onFailure)
    return databaseOf({ kind: 'pglite', hasVector: true, ...embedded }, options)
  }
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: poolConnectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
  })
  // One that breaks while it is in use would end the process, for the pool listens to idle ones only. Whoever holds
  // it is told by its query.
  pool.on('connect', (client) => client.on('error', () => undefined))
  let closing: Promise<void> | null = null
  const close = () => (closing ??= pool.end())
  try {
    const { rowCount } = await pool.query("select 1 from pg_available_extensions where name = 'vector'")
    return databaseOf({ kind: 'postgres', hasVector: rowCount === 1, pool, close }, options)
  } catch (cause) {
    await close()
    throw new AppError('DATABASE_UNAVAILABLE', undefined, { cause })
  }
}

function databaseOf(
  { kind, pool, hasVector, close }: Pick<Database, 'kind' | 'pool' | 'hasVector' | 'close'>,
  { onFailure }: DatabaseOptions,
): Database {
  // Without a listener an idle connection that breaks would end the process.
  pool.on('error', (error) => onFailure(error.message))
  const orm = drizzle({ client: pool, schema, casing: 'snake_case' })
  return {
    kind,
    pool,
    orm,
    hasVector,
    transaction: (work) => orm.transaction(work),
    async ping() {
      try {
        await pool.query('select 1')
      } catch (cause) {
        throw new AppError('DATABASE_UNAVAILABLE', undefined, { cause })
      }
    },
    close,
  }
}
