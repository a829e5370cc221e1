import { createCredentialVault } from './auth/credential-vault.ts'
import { type KeyRing, loadKeyRing } from './auth/key-ring.ts'
import { createSecretReader } from './auth/read-workspace-secrets.ts'
import { createSecretBox } from './auth/secret-box.ts'
import { Closers } from './compose/closers.ts'
import { createKnowledgeServices } from './compose/create-knowledge-services.ts'
import { createMetrics } from './compose/create-metrics.ts'
import { createPorts } from './compose/create-ports.ts'
import { createEngineClient } from './compose/engine-client.ts'
import { createBusChecks, createHealthChecks } from './compose/health-checks.ts'
import { requireFreePort } from './compose/listen.ts'
import { openEventBus } from './compose/open-event-bus.ts'
import { openModelFetch } from './compose/open-model-fetch.ts'
import { openPresenceBus } from './compose/open-presence-bus.ts'
import { openRateCounts } from './compose/open-rate-counts.ts'
import { openStorage } from './compose/open-storage.ts'
import { openTemporal } from './compose/open-temporal.ts'
import type { ComposeControl, Product } from './compose/product.ts'
import { startHooks } from './compose/start-hooks.ts'
import { startHousekeeping } from './compose/start-housekeeping.ts'
import { startOperationsServer } from './compose/start-operations-server.ts'
import { startReconciler } from './compose/start-reconciler.ts'
import { startResuming } from './compose/start-resuming.ts'
import { startServer } from './compose/start-server.ts'
import { startWorkers } from './compose/start-workers.ts'
import type { Config } from './config.ts'
import { EventLog, remoteLogLimits } from './events/event-log.ts'
import { WorkflowEventEmitter } from './events/workflow-event-emitter.ts'
import { secretsKnownForMs, WorkspaceSecrets } from './events/workspace-secrets.ts'
import { createHealthReporter } from './health/health-reporter.ts'
import { createHookSecrets } from './hooks/hook-secrets.ts'
import { DocumentFiles } from './knowledge/document-files.ts'
import { createEmbeddings } from './knowledge/embedding/embeddings.ts'
import { ensureSampleKnowledgeBase } from './knowledge/sample-knowledge-base.ts'
import { logSteps } from './logging/log-steps.ts'
import { addBusMetrics } from './metrics/bus-metrics.ts'
import { createExecutionViewReader } from './queries/execution-view-reader.ts'
import type { Database } from './repositories/database.ts'
import { createOutputRepository } from './repositories/outputs.ts'
import { hasOwner } from './repositories/users.ts'
import { membershipReader } from './repositories/workspaces.ts'
import { readVersion } from './version.ts'

/** Builds and starts every long-lived object of the process, in order. What was opened is closed again when a later step fails. */
export async function compose(config: Config, control: ComposeControl): Promise<Product> {
  const closers = new Closers()
  try {
    return await composeInto(closers, config, control)
  } catch (error) {
    await closers.closeAll(control.logger)
    throw error
  }
}

async function composeInto(
  closers: Closers,
  config: Config,
  { logger, signal, onFatal }: ComposeControl,
): Promise<Product> {
  const startedAt = Date.now()
  const doesWork = config.roles !== 'api'
  const doesServe = config.roles !== 'worker'
  const version = readVersion()
  const keys = await loadKeyRing(config.dataDir, config.secretKey)
  const models = openModelFetch(config, closers)
  const embeddings = createEmbeddings(revealEmbeddings(config), models.embeddingFetch)
  const storage = await openStorage(config, closers, logger, embeddings.current.dimensions)
  const { database } = storage
  signal.throwIfAborted()
  if (doesServe) await requireFreePort(config.server)

  const secretBox = createSecretBox(keys.credentials)
  // PGlite belongs to one process, which hears of every secret itself.
  const isShared = database.kind === 'postgres'
  const masker = new WorkspaceSecrets({ read: createSecretReader(database, secretBox, logger), isShared })
  const eventLog = new EventLog(database.pool, isShared ? remoteLogLimits : {})
  closers.push('event log', () => eventLog.close())
  const { bus, redis } = openEventBus(config, closers, logger)
  const emitter = new WorkflowEventEmitter({ log: eventLog, bus, masker, logger, isMember: membershipReader(database) })
  closers.push('emitter', () => emitter.close())

  if (doesWork) closers.push('step log', logSteps(emitter, logger))

  const metrics = createMetrics({ database, eventLog, emitter }, closers)
  if (redis !== null) addBusMetrics(metrics, redis)

  const temporal = await openTemporal(config, closers, logger, signal)
  signal.throwIfAborted()
  const unknownElsewhereMs = isShared ? secretsKnownForMs : 0
  const vault = createCredentialVault(database, secretBox, {
    onOpened: (key, workspaceId) => masker.register(workspaceId, key),
    unknownElsewhereMs,
    modelAddresses: models.addresses,
  })
  const hooks = {
    database,
    secrets: createHookSecrets(
      secretBox,
      (secret, workspaceId) => masker.register(workspaceId, secret),
      unknownElsewhereMs,
    ),
    allowPrivateAddresses: config.nodes.allowPrivateAddresses,
  }
  const files = new DocumentFiles(config.dataDir)
  const ports = createPorts(
    config,
    { storage, emitter, masker, vault, embeddings, modelFetch: models.fetch, files },
    closers,
    logger,
  )
  const worker = doesWork
    ? await startWorkers(config, { connection: temporal, ports }, closers, { logger, onFatal })
    : null
  startReconciler({ client: temporal.client, database, emitter }, closers, logger)
  startHousekeeping({ database, files }, closers, logger)
  if (doesWork) startHooks({ ...hooks, events: emitter, eventLog, metrics, logger }, closers)

  const health = createHealthReporter(createHealthChecks(database, temporal, worker), {
    version,
    startedAt,
    optional: redis === null ? {} : createBusChecks(redis),
  })
  if (config.operationsPort !== null) {
    const place = { host: config.server.host, port: config.operationsPort }
    const port = await startOperationsServer(place, { health, metrics, logger }, closers)
    logger.info({ operationsPort: port }, 'health and metrics for operators')
  }
  const knowledge = createKnowledgeServices({ database, files, embeddings, ports, temporal, logger })
  if (doesWork) startResuming(knowledge, closers)
  const url = doesServe
    ? await startServer(
        {
          config: config.server,
          logger,
          version,
          database,
          eventLog,
          events: emitter,
          views: createExecutionViewReader(eventLog),
          outputs: createOutputRepository(database, masker),
          engine: createEngineClient(temporal.client),
          keys,
          vault,
          masker,
          health,
          rateCounts: openRateCounts(config, closers, logger),
          sampleKnowledgeBase: (owner) => ensureSampleKnowledgeBase(knowledge, owner),
        },
        { bus, presence: openPresenceBus(config, closers, logger), sockets: config.sockets, knowledge, hooks, metrics },
        closers,
      )
    : null
  logger.info({ url, roles: config.roles, durationMs: Date.now() - startedAt }, 'ready')
  return {
    url,
    setupToken: await setupTokenOf(config, database, keys),
    parts: describeParts(config, database, temporal),
    close() {
      health.leave()
      return closers.closeAll(logger)
    },
  }
}

function revealEmbeddings({ embeddings }: Config) {
  return embeddings === null ? null : { ...embeddings, apiKey: embeddings.apiKey?.reveal() ?? null }
}

async function setupTokenOf(config: Config, database: Database, keys: KeyRing): Promise<string | null> {
  if (config.roles === 'worker' || (await hasOwner(database.orm))) return null
  return keys.setupToken
}

function describeParts(
  config: Config,
  database: Database,
  temporal: { address: string; isChild: boolean },
): Product['parts'] {
  const inThisProcess = 'in this process'
  return [
    { name: 'API and socket', where: config.roles === 'worker' ? 'elsewhere' : inThisProcess },
    { name: 'web app', where: config.server.webDir ?? 'not built' },
    { name: 'worker', where: config.roles === 'api' ? 'elsewhere' : inThisProcess },
    { name: 'Temporal', where: `${temporal.address}${temporal.isChild ? ', a child of this process' : ''}` },
    { name: 'database', where: database.kind === 'pglite' ? `PGlite, ${inThisProcess}` : 'Postgres (DATABASE_URL)' },
  ]
}
