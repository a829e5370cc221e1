import type { EventDraft } from '@millrace/shared/events'
import { EventBridge } from '../../src/events/event-bridge.ts'
import { InProcessEventBus } from '../../src/events/event-bus.ts'
import { EventLog } from '../../src/events/event-log.ts'
import { newDocumentRow } from '../../src/knowledge/document-row.ts'
import { createChannelReader } from '../../src/queries/channel-reader.ts'
import { insertDocuments } from '../../src/repositories/documents.ts'
import { insertKnowledgeBase } from '../../src/repositories/knowledge-bases.ts'
import { insertWorkflow } from '../../src/repositories/workflows.ts'
import { insertWorkspace } from '../../src/repositories/workspaces.ts'
import type { Identity } from '../../src/websocket/identity.ts'
import type { ChannelReader } from '../../src/websocket/subscriptions/channel-reader.ts'
import { WebSocketManager } from '../../src/websocket/websocket-manager.ts'
import { type ListedRun, runCreated } from '../delivery/listed-drafts.ts'
import { silentLogger } from '../support/silent-logger.ts'
import type { TestDatabase } from '../support/test-database.ts'
import { CollectedTransport } from './collected-transport.ts'

export interface ChannelWorld {
  log: EventLog
  reader: ChannelReader
  manager: WebSocketManager
  /** Creates a workspace with a workflow and a knowledge base, named after it: `<id>-flow`, `<id>-kb`. */
  addWorkspace(id: string, name?: string): Promise<void>
  addRun(workspaceId: string, run: ListedRun, more?: { name?: string; createdAt?: number }): Promise<void>
  addDocument(workspaceId: string, documentId: string, name?: string): Promise<void>
  append(workspaceId: string, ...drafts: EventDraft[]): Promise<void>
  end(workspaceId: string, executionId: string, duration: number): Promise<void>
  /** A connection of that identity, whose bytes are kept. */
  connect(identity: Identity): Listener
  close(): Promise<void>
}

export interface Listener {
  transport: CollectedTransport
  send(message: object): void
  close(): void
}

const ownerOf = (workspaceId: string) => ({ workspaceId, userId: `${workspaceId}-user` })

/** The real log, reader and manager; only the socket is a list of bytes. */
export function openChannelWorld({ database }: TestDatabase): ChannelWorld {
  const bus = new InProcessEventBus()
  const log = new EventLog(database.pool)
  log.onCommit((stored) => bus.publish(stored))
  const bridge = new EventBridge({ bus, reader: log, logger: silentLogger })
  const reader = createChannelReader(database)
  const authenticate = () => Promise.reject(new Error('nobody signs in here'))
  const manager = new WebSocketManager({ bridge, reader: log, authenticate, logger: silentLogger, channels: reader })
  return {
    log,
    reader,
    manager,
    async addWorkspace(id, name = id) {
      const createdAt = 1
      const { orm } = database
      await insertWorkspace(orm, { id, name, createdAt })
      const flow = { name, description: '', templateId: null, version: 1, createdBy: `${id}-user`, updatedAt: 1 }
      await insertWorkflow(orm, { id: `${id}-flow`, workspaceId: id, createdAt, ...flow })
      const base = { name, description: '', embeddingModel: 'm', dimensions: 3, createdBy: `${id}-user` }
      await insertKnowledgeBase(orm, { id: `${id}-kb`, workspaceId: id, createdAt, ...base })
    },
    async addRun(workspaceId, run, { name = 'Flow', createdAt = 1 } = {}) {
      const { executionId: id, workflowId } = run
      const plan = { workflowId, workflowName: name, workflowVersion: 1, nodes: [], edges: [], loops: [] }
      const draft = {
        ...runCreated(run),
        timestamp: createdAt,
        workflowName: name,
        totalNodes: 0,
        startedByName: 'Kim',
      }
      const row = { id, input: {}, startedByName: 'Kim' }
      await log.createExecution({ owner: ownerOf(workspaceId), row, plan: { engineVersion: 1, ...plan }, draft })
    },
    async addDocument(workspaceId, id, name = id) {
      const file = { bytes: 1, sha256: 'x', storedAs: id, head: Buffer.alloc(0) }
      const place = { owner: ownerOf(workspaceId), knowledgeBaseId: `${workspaceId}-kb` }
      await insertDocuments(database.orm, [newDocumentRow({ ...place, id, name, mediaType: 'text/plain', file })])
    },
    async append(workspaceId, ...drafts) {
      await log.append(ownerOf(workspaceId), drafts)
    },
    async end(workspaceId, executionId, duration) {
      const outcome = { status: 'completed', outputs: {} } as const
      const closing = {
        executionId,
        outcome,
        finishedAt: 100,
        duration,
        nodes: [],
        eventIds: [],
        isJournalComplete: false,
      }
      await log.finalize(ownerOf(workspaceId), closing)
    },
    connect(identity) {
      const transport = new CollectedTransport()
      const connection = manager.accept(transport, identity, { address: 'here', userAgent: null })
      if (connection === null) throw new Error('the connection was refused')
      return {
        transport,
        send: (message) => manager.handleMessage(connection, JSON.stringify(message)),
        close: () => manager.handleClosed(connection),
      }
    },
    async close() {
      manager.close()
      bridge.close()
      await log.close()
    },
  }
}
