import type { EventDraft } from '@millrace/shared/events'
import type { EventOwner } from '@millrace/temporal/ports'
import { EventLog, type StoredBatch } from '../../src/events/event-log.ts'
import { SecretMasker } from '../../src/events/secret-masker.ts'
import { WorkflowEventEmitter } from '../../src/events/workflow-event-emitter.ts'
import { silentLogger as logger } from '../../test/support/silent-logger.ts'
import { openTestPglite, openTestPostgres, type TestDatabase } from '../../test/support/test-database.ts'
import { openDelivery } from '../delivery/our-server.ts'

export type DatabaseKind = 'pglite' | 'postgres'

const owner: EventOwner = { workspaceId: 'ws', userId: 'any' }
const workflow = { workflowId: 'w', workflowName: 'Bench', workflowVersion: 1 }

/** One process as `npm start` has it: emitter, log, bus, bridge and sockets, the database beside it. */
export interface AppendWorld {
  test: TestDatabase
  url: string
  createExecution(executionId: string): Promise<void>
  /** Resolves when it is stored. */
  emit(executionId: string, offset: number): Promise<unknown>
  onBatch(listener: (batch: StoredBatch) => void): () => void
  close(): Promise<void>
}

export async function openAppendWorld(kind: DatabaseKind): Promise<AppendWorld> {
  const test = kind === 'pglite' ? await openTestPglite() : await openTestPostgres()
  const log = new EventLog(test.database.pool)
  const delivery = await openDelivery(log)
  const emitter = new WorkflowEventEmitter({ log, bus: delivery.bus, masker: new SecretMasker(), logger })
  return {
    test,
    url: `ws://127.0.0.1:${delivery.port}/ws`,
    async createExecution(executionId) {
      const event = { type: 'execution:created', eventId: '-/execution:created/-/-', timestamp: Date.now() } as const
      await emitter.createExecution({
        owner,
        row: { id: executionId, input: {}, startedByName: 'Bench' },
        plan: { engineVersion: 1, ...workflow, nodes: [], edges: [], loops: [] },
        draft: { ...event, executionId, ...workflow, totalNodes: 1 },
      })
    },
    emit: (executionId, offset) => emitter.emit(owner, [passage(executionId, offset)]),
    onBatch: (listener) => log.onBatch(listener),
    async close() {
      await delivery.close()
      emitter.close()
      await log.close()
      await test.close()
    },
  }
}

function passage(executionId: string, offset: number): EventDraft {
  const node = { nodeId: 'n', nodePath: 'n', iteration: 1, attempt: 1 }
  return {
    type: 'node:stream',
    eventId: `n/node:stream/1/${offset}`,
    timestamp: Date.now(),
    executionId,
    ...node,
    chunk: 'a passage of a model’s answer, ',
    offset,
    tokens: 6,
  }
}
