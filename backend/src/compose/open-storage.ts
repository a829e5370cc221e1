import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { prepareVectorIndex } from '../knowledge/search/prepare-vector-index.ts'
import { lockDataFolder } from '../repositories/data-folder-lock.ts'
import { type Database, openDatabase } from '../repositories/database.ts'
import { migrateDatabase } from '../repositories/migrate-database.ts'
import type { Closers } from './closers.ts'

export interface Storage {
  database: Database
  usesPgvector: boolean
}

/** Opens the database and brings it to this version's shape. */
export async function openStorage(
  config: Config,
  closers: Closers,
  logger: Logger,
  embeddingDimensions: number,
): Promise<Storage> {
  // PGlite locks the folder itself. Where only the Temporal server lives in it, nobody else would.
  if (config.databaseUrl !== null && config.temporal.address === null) {
    const lock = await lockDataFolder(config.dataDir)
    closers.push('data folder', () => lock.release())
  }
  const database = await openDatabase({
    dataDir: config.dataDir,
    databaseUrl: config.databaseUrl?.reveal(),
    onFailure: (reason) => logger.error({ part: 'database', reason }, 'the database failed'),
  })
  closers.push('database', () => database.close())
  await migrateDatabase(database)
  const usesPgvector = await prepareVectorIndex(database, embeddingDimensions, (err) =>
    logger.warn({ err }, 'pgvector cannot be used; search computes exactly in this process'),
  )
  logger.info({ kind: database.kind, usesPgvector }, 'database ready')
  return { database, usesPgvector }
}
