import { randomUUID } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WorkflowEvent } from '@millrace/shared/events'
import { createKeyRing } from '../../src/auth/key-ring.ts'
import { createSecretBox } from '../../src/auth/secret-box.ts'
import { InProcessEventBus } from '../../src/events/event-bus.ts'
import { EventLog } from '../../src/events/event-log.ts'
import { SecretMasker } from '../../src/events/secret-masker.ts'
import { workspaceTopic } from '../../src/events/topic-name.ts'
import { WorkflowEventEmitter } from '../../src/events/workflow-event-emitter.ts'
import {
  HookDispatcher,
  type HookDispatcherDeps,
  type HookDispatcherSettings,
} from '../../src/hooks/hook-dispatcher.ts'
import { createHookSecrets } from '../../src/hooks/hook-secrets.ts'
import { createHookSender } from '../../src/hooks/hook-sender.ts'
import { listDeliveries } from '../../src/repositories/hook-deliveries.ts'
import { insertHook, startCursorAtHead } from '../../src/repositories/hooks.ts'
import { createdDraft } from '../delivery/memory-log.ts'
import { silentLogger } from '../support/silent-logger.ts'
import { openTestPglite, type TestDatabase } from '../support/test-database.ts'

export interface Received {
  headers: IncomingHttpHeaders
  body: string
  path: string
  /** Of the body. */
  id: string
  seq: number
}

/** What a receiver answers: a status, a place to go instead, or nothing at all. */
export type Answer = number | { redirect: string } | 'never'

export type HookWorld = Awaited<ReturnType<typeof openHookWorld>>

/** A log, hooks over it and a receiver on loopback. Each workspace is a world of its own. */
export async function openHookWorld(openTestDatabase: () => Promise<TestDatabase> = openTestPglite) {
  const test = await openTestDatabase()
  const { database } = test
  const log = new EventLog(database.pool)
  const emitter = new WorkflowEventEmitter({
    log,
    bus: new InProcessEventBus(),
    masker: new SecretMasker(),
    logger: silentLogger,
  })
  const secrets = createHookSecrets(createSecretBox(createKeyRing(Buffer.alloc(32, 3)).credentials), () => undefined)
  const receiver = await openReceiver()
  const running = new Set<{ stop(): Promise<void> }>()

  return {
    database,
    log,
    emitter,
    receiver,
    async createWorkspace() {
      const id = randomUUID()
      await database.pool.query('insert into workspaces (id, name, created_at) values ($1, $1, 1)', [id])
      return id
    },
    async createHook(
      workspaceId: string,
      options: { path?: string; url?: string; eventTypes?: string[]; workflowId?: string } = {},
    ) {
      const {
        path = '/',
        url = `${receiver.url}${path}`,
        eventTypes = ['execution:created'],
        workflowId = null,
      } = options
      const id = randomUUID()
      const { secret, sealed } = secrets.make(workspaceId, id)
      await startCursorAtHead(database.orm, workspaceId, workspaceTopic(workspaceId))
      await insertHook(database.orm, {
        id,
        workspaceId,
        workflowId,
        url,
        eventTypes,
        sealedSecret: sealed,
        isActive: true,
        createdBy: 'ada',
        createdAt: Date.now(),
      })
      return { id, secret }
    },
    /** As a process of its own would: only the database is shared. */
    startDispatcher(
      settings: Partial<HookDispatcherSettings> = {},
      {
        allowPrivateAddresses = true,
        events = emitter,
      }: { allowPrivateAddresses?: boolean; events?: HookDispatcherDeps['events'] } = {},
    ) {
      const sender = createHookSender({ allowPrivateAddresses, allowedHosts: [] })
      const dispatcher = new HookDispatcher({
        database,
        secrets,
        sender,
        events,
        logger: silentLogger,
        settings: { pollMs: 20, retryDelayMs: () => 0, ...settings },
      })
      dispatcher.start()
      const started = {
        dispatcher,
        async stop() {
          running.delete(started)
          await dispatcher.stop()
          await sender.close()
        },
      }
      running.add(started)
      return started
    },
    /** So many runs are created. */
    async emitRuns(workspaceId: string, count: number) {
      const executionIds = Array.from({ length: count }, () => randomUUID())
      await database.pool.query(
        `insert into executions (id, workspace_id, workflow_id, workflow_name, workflow_version, status, input,
           total_nodes, started_by, started_by_name, created_at, touched_at)
         select id, $2, 'w1', 'Review desk', 1, 'queued', '{}', 2, 'ada', 'Ada', $3, $3 from unnest($1::text[]) as run(id)`,
        [executionIds, workspaceId, Date.now()],
      )
      await emitter.emit({ workspaceId, userId: 'ada' }, executionIds.map(createdDraft))
    },
    deliveries: (hookId: string) => listDeliveries(database.orm, hookId, { before: null, limit: 1000 }),
    async eventsOf(workspaceId: string, type: string): Promise<WorkflowEvent[]> {
      const stored = await log.read(workspaceTopic(workspaceId), 0, 1000)
      return stored.map(({ payload }) => JSON.parse(payload) as WorkflowEvent).filter((event) => event.type === type)
    },
    async stopAll() {
      await Promise.all([...running].map((one) => one.stop()))
    },
    async close() {
      await this.stopAll()
      emitter.close()
      await log.close()
      await receiver.close()
      await test.close()
    },
  }
}

async function openReceiver() {
  const received: Received[] = []
  const answers = new Map<string, (attempt: number) => Answer>()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      const { id, seq } = JSON.parse(body) as { id: string; seq: number }
      received.push({ headers: request.headers, body, path, id, seq })
      const attempt = received.filter((one) => one.path === path && one.id === id).length
      const answer = answers.get(path)?.(attempt) ?? 200
      if (answer === 'never') return
      if (typeof answer === 'number') response.writeHead(answer).end('thanks')
      else response.writeHead(302, { location: answer.redirect }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer(path: string, how: (attempt: number) => Answer) {
      answers.set(path, how)
    },
    at: (path: string) => received.filter((one) => one.path === path),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
