import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import type { Database } from './database.ts'

const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

/** Any number that only this product uses: processes that start together migrate one after the other. */
const advisoryLockKey = 7_233_001

/** Applies what is missing of the numbered migrations, forward only. */
export async function migrateDatabase(database: Database): Promise<void> {
  const client = await database.pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLockKey])
    await migrate(drizzle({ client }), { migrationsFolder })
    await client.query('select pg_advisory_unlock($1)', [advisoryLockKey])
    client.release()
  } catch (error) {
    // A broken connection gives the lock back by itself.
    client.release(true)
    throw error
  }
}
