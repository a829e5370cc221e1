import type { EventDraft } from '@millrace/shared/events'
import type { EventOwner } from '@millrace/temporal/ports'
import type { FastifyBaseLogger } from 'fastify'
import type { ApiInstance } from './api-instance.ts'
import type { CredentialVault } from './auth/credential-vault.ts'
import type { KeyRing } from './auth/key-ring.ts'
import type { EngineClient } from './commands/engine-client.ts'
import type { ServerConfig } from './config.ts'
import type { NewExecution } from './events/event-log.ts'
import type { EventReader } from './events/event-reader.ts'
import type { Maskers } from './events/workspace-secrets.ts'
import type { HealthReporter } from './health/health-reporter.ts'
import type { SharedRateCounts } from './plugins/rate-counts.ts'
import type { ExecutionViewReader } from './queries/execution-view-reader.ts'
import type { Database } from './repositories/database.ts'
import type { OutputRepository } from './repositories/outputs.ts'
import type { MetricsText } from './routes/metrics.ts'
import type { Authenticate } from './websocket/identity.ts'
import type { WebSocketManager } from './websocket/websocket-manager.ts'

/** What the HTTP side is built from. compose.ts makes it; a test makes its own. */
export interface AppServices {
  config: ServerConfig
  logger: FastifyBaseLogger
  version: string
  database: Database
  eventLog: EventReader
  events: {
    createExecution(execution: NewExecution): Promise<unknown>
    emit(owner: EventOwner, drafts: EventDraft[]): Promise<unknown>
  }
  views: ExecutionViewReader
  outputs: Pick<OutputRepository, 'getShown'>
  engine: EngineClient
  keys: KeyRing
  vault: CredentialVault
  masker: Maskers
  health: HealthReporter
  /** Null: limits count in this process alone. */
  rateCounts: SharedRateCounts | null
  metrics: MetricsText
  /**
   * The knowledge base with the sample files, made when it is asked for the first time. Null where this
   * process has none to offer.
   */
  sampleKnowledgeBase: ((owner: EventOwner) => Promise<string>) | null
  /** Makes the live part of this process, once; the app closes it when it is closed. */
  openLive: (authenticate: Authenticate) => WebSocketManager
  /** Routes of parts that are made elsewhere: knowledge bases. Called when everything they stand on is registered. */
  registerParts: ((app: ApiInstance) => Promise<void>) | null
}
