import { type Config, ConfigError, loadConfig } from './config.ts'
import { renewEveryEpoch } from './events/renew-epochs.ts'
import { openDatabase } from './repositories/database.ts'
import { migrateDatabase } from './repositories/migrate-database.ts'
import { explainStartFailure } from './start-failure.ts'

/**
 * To be run once after restoring a backup, before the first start: see `renewEveryEpoch`. Sets the exit code and says
 * what was done, or what is to be done.
 * @param host the process itself.
 */
export async function runRestored(host: NodeJS.Process): Promise<void> {
  let config: Config | null = null
  try {
    config = loadConfig(host.env)
    const count = await renew(config, (problem) => host.stderr.write(`${problem}\n`))
    const topics = count === 1 ? '1 topic has' : `${count} topics have`
    host.stdout.write(`The past of ${topics} a new name. Readers begin anew when they come back.\n`)
  } catch (error) {
    const explanation = config === null ? null : explainStartFailure(error, config)
    if (explanation === null && !(error instanceof ConfigError)) throw error
    host.stderr.write(`${explanation ?? (error as ConfigError).message}\n`)
    host.exitCode = 1
  }
}

async function renew({ dataDir, databaseUrl }: Config, onFailure: (message: string) => void): Promise<number> {
  const database = await openDatabase({ dataDir, databaseUrl: databaseUrl?.reveal(), onFailure })
  try {
    await migrateDatabase(database)
    return await renewEveryEpoch(database.pool)
  } finally {
    await database.close()
  }
}
