import '../../scripts/require-node.mjs'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { renewEveryEpoch } from './events/renew-epochs.ts'
import { openDatabase } from './repositories/database.ts'
import { migrateDatabase } from './repositories/migrate-database.ts'
import { explainStartFailure } from './start-failure.ts'

/** To be run once after restoring a backup, before the first start: see `renewEveryEpoch`. */
async function renew(config: Config): Promise<string> {
  const { dataDir, databaseUrl } = config
  const fail = (message: string) => process.stderr.write(`${message}\n`)
  const database = await openDatabase({ dataDir, databaseUrl: databaseUrl?.reveal(), onFailure: fail })
  try {
    await migrateDatabase(database)
    const count = await renewEveryEpoch(database.pool)
    return `The past of ${count} ${count === 1 ? 'topic has' : 'topics have'} a new name. Readers begin anew when they come back.`
  } finally {
    await database.close()
  }
}

try {
  const config = loadConfig(process.env)
  const told = await renew(config).catch((error: unknown) => {
    throw new Error(explainStartFailure(error, config) ?? String(error))
  })
  process.stdout.write(`${told}\n`)
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof Error)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
