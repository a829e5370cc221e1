import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@millrace/shared/errors/app-error'
import { createWorkers, type RunningWorkers } from '@millrace/temporal/create-worker'
import type { EnginePorts, EventPort } from '@millrace/temporal/ports'
import { installRuntime } from '@millrace/temporal/worker/install-runtime'
import { EventLog } from '../../src/events/event-log.ts'
import type { Database } from '../../src/repositories/database.ts'
import { createNodeResultRepository } from '../../src/repositories/node-results.ts'
import { createOutputRepository } from '../../src/repositories/outputs.ts'
import { connectTemporal, type TemporalConnection } from '../../src/temporal/connect.ts'
import { DevServer } from '../../src/temporal/dev-server.ts'
import { silentLogger } from './silent-logger.ts'

export const bundlePath = fileURLToPath(new URL('../../../temporal/dist/workflow-bundle.js', import.meta.url))

/** A Temporal server and workers over the real event log; models, addresses and documents answer at once. */
export interface TemporalEngine {
  temporal: TemporalConnection
  log: EventLog
  ports: EnginePorts
  /** Documents whose processing was begun. */
  ingested: string[]
  startWorkers(): Promise<RunningWorkers>
  stop(): Promise<void>
}

export async function startTemporalEngine(database: Database): Promise<TemporalEngine> {
  installRuntime(silentLogger)
  const dataDir = await mkdtemp(join(tmpdir(), 'millrace-engine-'))
  const server = await DevServer.start({
    binary: process.env.MILLRACE_TEMPORAL_BIN ?? '',
    dataDir,
    logger: silentLogger,
  })
  const temporal = await connectTemporal(server)
  const log = new EventLog(database.pool)
  const ingested: string[] = []
  const ports = createPorts(database, log, ingested)
  const started: RunningWorkers[] = []
  return {
    temporal,
    log,
    ports,
    ingested,
    async startWorkers() {
      const workers = await createWorkers({
        connection: temporal.native,
        namespace: temporal.namespace,
        ports,
        workflowBundle: { codePath: bundlePath },
        settings: { shutdownGraceMs: 500, shutdownForceMs: 3000 },
      })
      started.push(workers)
      return workers
    },
    async stop() {
      for (const workers of started) await workers.stop()
      await temporal.native.close()
      await server.stop()
      await log.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function createPorts(database: Database, log: EventLog, ingested: string[]): EnginePorts {
  const events: EventPort = {
    append: async (owner, drafts) => (await log.append(owner, drafts)).outcomes,
    finalize: async (owner, request) => void (await log.finalize(owner, request)),
  }
  return {
    events,
    outputs: createOutputRepository(database),
    nodeResults: createNodeResultRepository(database),
    models: {
      generate: async ({ user }) => ({
        text: user,
        usage: { inputTokens: 1, outputTokens: 1 },
        finishReason: 'stop',
        firstTokenMs: 0,
      }),
    },
    http: { request: async () => ({ status: 200, statusText: 'OK', headers: {}, body: null, bytes: 0 }) },
    knowledge: { search: () => Promise.reject(new AppError('KNOWLEDGE_BASE_NOT_FOUND')) },
    documents: {
      async extract(documentId) {
        ingested.push(documentId)
        return { characters: 1, pages: 1 }
      },
      split: async () => ({ chunkCount: 1 }),
      embed: async () => ({ chunkCount: 1 }),
      index: async () => ({ chunkCount: 1 }),
    },
    logger: silentLogger,
  }
}
