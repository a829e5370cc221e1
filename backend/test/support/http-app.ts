import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { createApp } from '../../src/app.ts'
import type { AppServices } from '../../src/app-services.ts'
import { type CredentialVault, createCredentialVault } from '../../src/auth/credential-vault.ts'
import { createKeyRing } from '../../src/auth/key-ring.ts'
import { createSecretReader } from '../../src/auth/read-workspace-secrets.ts'
import { createSecretBox } from '../../src/auth/secret-box.ts'
import { Closers } from '../../src/compose/closers.ts'
import { createMetrics } from '../../src/compose/create-metrics.ts'
import { EventBridge } from '../../src/events/event-bridge.ts'
import { InProcessEventBus } from '../../src/events/event-bus.ts'
import { EventLog } from '../../src/events/event-log.ts'
import { WorkflowEventEmitter } from '../../src/events/workflow-event-emitter.ts'
import { secretsKnownForMs, WorkspaceSecrets } from '../../src/events/workspace-secrets.ts'
import { createHealthReporter, type HealthCheck } from '../../src/health/health-reporter.ts'
import { createHookSecrets } from '../../src/hooks/hook-secrets.ts'
import { DocumentFiles } from '../../src/knowledge/document-files.ts'
import { createEmbeddings } from '../../src/knowledge/embedding/embeddings.ts'
import type { KnowledgeServices } from '../../src/knowledge/knowledge-services.ts'
import { createKnowledgeSearch } from '../../src/knowledge/search/knowledge-search.ts'
import { createVectorSearch } from '../../src/knowledge/search/vector-search.ts'
import { createLogger } from '../../src/logging/create-logger.ts'
import { addAppendToSocketMetrics } from '../../src/metrics/append-to-socket-metrics.ts'
import { addDeliveryMetrics } from '../../src/metrics/delivery-metrics.ts'
import type { MetricsPage } from '../../src/metrics/metrics-page.ts'
import { createChannelReader } from '../../src/queries/channel-reader.ts'
import { createExecutionViewReader } from '../../src/queries/execution-view-reader.ts'
import { createOutputRepository } from '../../src/repositories/outputs.ts'
import { membershipReader } from '../../src/repositories/workspaces.ts'
import { registerHookRoutes } from '../../src/routes/hooks.ts'
import { registerKnowledgeBaseRoutes } from '../../src/routes/knowledge-bases.ts'
import { WebSocketManager } from '../../src/websocket/websocket-manager.ts'
import type { WebSocketSettings } from '../../src/websocket/websocket-settings.ts'
import { FakeEngine } from './fake-engine.ts'
import { openTestPglite, type TestDatabase } from './test-database.ts'

export interface HttpApp {
  app: FastifyInstance
  manager: WebSocketManager
  metrics: MetricsPage
  engine: FakeEngine
  test: TestDatabase
  emitter: WorkflowEventEmitter
  bus: InProcessEventBus
  vault: CredentialVault
  masker: WorkspaceSecrets
  /** Everything that was logged, as text. */
  logText(): string
  /** Sends a request and reads the JSON answer. */
  send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, options?: SendOptions): Promise<Answer>
  close(): Promise<void>
}

export interface SendOptions {
  token?: string
  body?: InjectOptions['payload'] & object
  headers?: Record<string, string>
  cookie?: string
}

export interface Answer {
  status: number
  body: Record<string, unknown>
  headers: Record<string, string | string[] | number | undefined>
  /** Value of the refresh cookie that was set, if one was. */
  cookie: string | undefined
}

/** The app over a real database, PGlite unless told otherwise; only Temporal is a fake. */
export async function openHttpApp(
  overrides: Partial<AppServices['config']> = {},
  checks: Record<string, HealthCheck> = {},
  liveSettings: Partial<WebSocketSettings> = {},
  openDatabase: () => Promise<TestDatabase> = openTestPglite,
): Promise<HttpApp> {
  const test = await openDatabase()
  const filesDir = await mkdtemp(join(tmpdir(), 'millrace-files-'))
  const { database } = test
  const lines: string[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  const logger = createLogger({ level: 'debug', format: 'json' }, sink)
  const keys = createKeyRing(Buffer.alloc(32, 7))
  const eventLog = new EventLog(database.pool)
  const secretBox = createSecretBox(keys.credentials)
  const isShared = database.kind === 'postgres'
  const masker = new WorkspaceSecrets({ read: createSecretReader(database, secretBox, logger), isShared })
  const bus = new InProcessEventBus()
  const emitter = new WorkflowEventEmitter({ log: eventLog, bus, masker, logger, isMember: membershipReader(database) })
  const bridge = new EventBridge({ bus, reader: eventLog, logger })
  const engine = new FakeEngine()
  const embeddings = createEmbeddings(null)
  const knowledge: KnowledgeServices = {
    database,
    files: new DocumentFiles(filesDir),
    embeddings,
    search: createKnowledgeSearch({ database, embeddings, vectors: createVectorSearch(database, false) }),
    events: emitter,
    startIngestion: async () => undefined,
    cancelIngestion: async () => undefined,
    logger,
  }
  const closers = new Closers()
  const metrics = createMetrics({ database, eventLog, emitter }, closers)
  const vault = createCredentialVault(database, secretBox, {
    onOpened: (key, workspaceId) => masker.register(workspaceId, key),
    unknownElsewhereMs: isShared ? secretsKnownForMs : 0,
    modelAddresses: { allowPrivateAddresses: false, allowedHosts: [] },
  })
  let manager: WebSocketManager | null = null
  const app = await createApp({
    config: {
      host: '127.0.0.1',
      port: 0,
      webDir: null,
      basePath: '',
      allowedOrigins: [],
      trustProxy: [],
      queryToken: true,
      socketCompression: false,
      requestsPerMinuteMax: 100_000,
      signInsPerMinuteMax: 1000,
      ...overrides,
    },
    logger,
    version: '0.0.0-test',
    database,
    eventLog,
    events: emitter,
    views: createExecutionViewReader(eventLog),
    outputs: createOutputRepository(database, masker),
    engine,
    keys,
    vault,
    masker,
    health: createHealthReporter(checks, { version: '0.0.0-test', startedAt: Date.now() }),
    metrics,
    rateCounts: null,
    sampleKnowledgeBase: null,
    openLive: (authenticate) => {
      manager = new WebSocketManager({
        bridge,
        reader: eventLog,
        authenticate,
        logger,
        channels: createChannelReader(database),
        settings: liveSettings,
      })
      addDeliveryMetrics(metrics, { manager, bridge })
      addAppendToSocketMetrics(metrics, manager)
      return manager
    },
    async registerParts(api) {
      await registerKnowledgeBaseRoutes(api, knowledge)
      registerHookRoutes(api, {
        database,
        secrets: createHookSecrets(secretBox, (secret, workspaceId) => masker.register(workspaceId, secret)),
        allowPrivateAddresses: false,
      })
    },
  })
  if (manager === null) throw new Error('the app opened no live part')
  return {
    app,
    manager,
    metrics,
    engine,
    test,
    emitter,
    bus,
    vault,
    masker,
    logText: () => lines.join(''),
    async send(method, url, { token, body, headers = {}, cookie } = {}) {
      const reply = await app.inject({
        method,
        url,
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...(body === undefined ? {} : { payload: body }),
        ...(cookie === undefined ? {} : { cookies: { millrace_refresh: cookie } }),
      })
      const set = reply.cookies.find(({ name }) => name === 'millrace_refresh')?.value
      return {
        status: reply.statusCode,
        body: readBody(reply.payload, String(reply.headers['content-type'])),
        headers: reply.headers,
        cookie: set === '' ? undefined : set,
      }
    },
    async close() {
      await app.close()
      bridge.close()
      emitter.close()
      await closers.closeAll(logger)
      await test.close()
      await rm(filesDir, { recursive: true, force: true })
    },
  }
}

function readBody(payload: string, contentType: string): Record<string, unknown> {
  if (payload === '') return {}
  return contentType.startsWith('application/json') ? JSON.parse(payload) : { text: payload }
}

export const ownerAccount = { email: 'owner@example.org', password: 'correct horse', name: 'Olive Owner' }

/** Sets up the owner; the token of the first sign-in. */
export async function setUpOwner({ send }: HttpApp): Promise<string> {
  const { status, body } = await send('POST', '/api/auth/setup', { body: ownerAccount })
  if (status !== 201) throw new Error(`setting up was answered ${status}`)
  return String(body['accessToken'])
}
