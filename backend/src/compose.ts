import { createServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import { createCredentialVault } from './auth/credential-vault.ts'
import { type KeyRing, loadKeyRing } from './auth/key-ring.ts'
import { createSecretBox } from './auth/secret-box.ts'
import type { EngineClient } from './commands/engine-client.ts'
import { Closers } from './compose/closers.ts'
import { type Config, isLoopback, type ServerConfig } from './config.ts'
import { EventLog } from './events/event-log.ts'
import { createHealthReporter, type HealthCheck } from './health/health-reporter.ts'
import { type Database, openDatabase } from './repositories/database.ts'
import { migrateDatabase } from './repositories/migrate-database.ts'
import { createOutputRepository } from './repositories/outputs.ts'
import { hasOwner } from './repositories/users.ts'
import { readVersion } from './version.ts'

/** The running product of one process. */
export interface Product {
  /** Null: this process serves nothing. */
  url: string | null
  /** Set while there is no owner and others than this machine can reach the server. */
  setupToken: string | null
  /** What runs where, for people. */
  parts: { name: string; where: string }[]
  /** Stops everything in reverse order; idempotent. */
  close(): Promise<void>
}

/** Builds and starts every long-lived object of the process, in order. What was opened is closed again when a later step fails. */
export async function compose(config: Config, logger: Logger, signal: AbortSignal): Promise<Product> {
  const closers = new Closers()
  try {
    return await composeInto(closers, config, logger, signal)
  } catch (error) {
    await closers.closeAll(logger)
    throw error
  }
}

async function composeInto(closers: Closers, config: Config, logger: Logger, signal: AbortSignal): Promise<Product> {
  const startedAt = Date.now()
  const version = readVersion()
  const parts: Product['parts'] = []
  const keys = await loadKeyRing(config.dataDir, config.secretKey)

  const database = await openDatabase({
    dataDir: config.dataDir,
    databaseUrl: config.databaseUrl?.reveal(),
    onFailure: (message) => logger.error({ part: 'database', reason: message }, 'the database failed'),
  })
  closers.push('database', () => database.close())
  await migrateDatabase(database)
  logger.info({ kind: database.kind, hasVector: database.hasVector }, 'database ready')
  parts.push({
    name: 'database',
    where: database.kind === 'pglite' ? 'PGlite, in this process' : 'Postgres (DATABASE_URL)',
  })
  signal.throwIfAborted()
  if (config.roles !== 'worker') await requireFreePort(config.server)

  const eventLog = new EventLog(database.pool)
  closers.push('event log', () => eventLog.close())

  const engine = awayEngine()
  const checks: Record<string, HealthCheck> = {
    database: async () => {
      await database.ping()
      return database.kind
    },
  }
  const health = createHealthReporter(checks, { version, startedAt })
  const app = await createApp({
    config: config.server,
    logger,
    version,
    database,
    eventLog,
    outputs: createOutputRepository(database),
    engine,
    keys,
    vault: createCredentialVault(database, createSecretBox(keys.credentials)),
    health,
    sampleKnowledgeBase: null,
  })
  closers.push('server', () => app.close())
  const url = await listen(app, config.server)
  parts.unshift({ name: 'web app', where: config.server.webDir === null ? 'not built' : url })
  logger.info({ url, durationMs: Date.now() - startedAt }, 'ready')
  return {
    url,
    setupToken: await setupTokenOf(config, database, keys),
    parts,
    close: () => {
      health.leave()
      return closers.closeAll(logger)
    },
  }
}

function awayEngine(): EngineClient {
  const away = () => Promise.reject(new Error('no engine'))
  return { start: away, answer: away, cancel: away }
}

async function setupTokenOf(config: Config, database: Database, keys: KeyRing): Promise<string | null> {
  if (isLoopback(config.server.host) || (await hasOwner(database.orm))) return null
  return keys.setupToken
}

/** Asks for the port before the slow parts start, so that a taken one is told at once. Throws EADDRINUSE and its kin. */
async function requireFreePort({ host, port }: ServerConfig): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen({ host, port }, () => probe.close(() => resolve()))
  })
}

async function listen(app: FastifyInstance, { host, port }: ServerConfig): Promise<string> {
  await app.listen({ host, port })
  const address = app.server.address()
  const actualPort = typeof address === 'object' && address !== null ? address.port : port
  const shownHost = isLoopback(host) || host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${shownHost.includes(':') ? `[${shownHost}]` : shownHost}:${actualPort}`
}
