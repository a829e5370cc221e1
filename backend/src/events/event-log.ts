import { randomUUID } from 'node:crypto'
import type { Plan } from '@millrace/shared/engine/plan'
import { AppError } from '@millrace/shared/errors/app-error'
import type { EventDraft, EventDraftOf, WorkflowEventType } from '@millrace/shared/events'
import type { JsonObject } from '@millrace/shared/json'
import type { EventOwner, FinalizeRequest } from '@millrace/temporal/ports'
import type pg from 'pg'
import { isConnectionError, nameConnectionError } from '../repositories/connection-error.ts'
import { toJsonb } from '../repositories/to-jsonb.ts'
import type { AppendRequest, AppendResult } from './accept-drafts.ts'
import { appendFromMemory } from './append-from-memory.ts'
import { appendInTransaction } from './append-transaction.ts'
import { completeOldEvents } from './complete-old-events.ts'
import type { EventReader, StoredEvent, TopicHead } from './event-reader.ts'
import { finalizeWithin } from './finalize-transaction.ts'
import { TopicMemory } from './topic-memory.ts'

export interface EventLogLimits {
  /** Drafts of one transaction: bounds its time, hence the wait of everyone behind it. */
  batchDraftsMax: number
  /** Drafts that may wait. Beyond it callers are refused and try again; they await their appends, so only a stalled database gets here. */
  waitingDraftsMax: number
  /**
   * How long a transaction may last, milliseconds: it takes a few of them. A connection that dies without a word is
   * given up after it, where the kernel would wait for a quarter of an hour, and everybody behind it with it. Null: as
   * long as it takes, for a database without a network between.
   */
  transactionMsMax: number | null
  /** How long a reading may take, milliseconds, for the same reason; it holds up all who wait for its topic. Null: as above. */
  readMsMax: number | null
}

/** Of a database behind a network; a disk that stalls for seconds is no reason yet. */
export const remoteLogLimits: Partial<EventLogLimits> = { transactionMsMax: 30_000, readMsMax: 5000 }

export const defaultEventLogLimits: EventLogLimits = {
  batchDraftsMax: 500,
  waitingDraftsMax: 20_000,
  transactionMsMax: null,
  readMsMax: null,
}

export interface NewExecution {
  owner: EventOwner
  row: { id: string; input: JsonObject; startedByName: string; origin?: 'browser' }
  plan: Plan
  draft: EventDraftOf<'execution:created'>
  /** All the rest, of a run that is over already; in the same transaction, so that it never looks like one to be started. */
  following?: readonly EventDraft[]
}

/** A transaction that was committed, for measuring. */
export interface StoredBatch {
  draftCount: number
  /** Those that came as drafts; the closing of an execution makes its own. */
  drafts: readonly EventDraft[]
  durationMs: number
}

interface Waiting {
  draftCount: number
  /** A whole transaction of its own, given a connection in an open one; null for an append. */
  alone: ((client: pg.PoolClient) => Promise<AppendResult>) | null
  /** An append, which shares a transaction with its neighbours. */
  request: AppendRequest | null
  resolve: (result: AppendResult) => void
  reject: (error: unknown) => void
}

/**
 * The only source of truth about what happened. Group commit without a timer: one transaction is in
 * flight, what arrives meanwhile forms the next one; so an idle system commits at once and a busy one
 * batches by itself.
 */
export class EventLog implements EventReader {
  readonly #pool: pg.Pool
  readonly #limits: EventLogLimits
  readonly #commitListeners = new Set<(stored: StoredEvent[]) => void>()
  readonly #batchListeners = new Set<(batch: StoredBatch) => void>()
  readonly #memory = new TopicMemory()
  #queue: Waiting[] = []
  #waitingDrafts = 0
  #running: Promise<void> | null = null

  constructor(pool: pg.Pool, limits: Partial<EventLogLimits> = {}) {
    this.#pool = pool
    this.#limits = { ...defaultEventLogLimits, ...limits }
  }

  /** Resolves when the drafts are durable, in order. Throws AppError DATABASE_UNAVAILABLE; then try again with the same drafts. */
  append(owner: EventOwner, drafts: EventDraft[], before?: AppendRequest['before']): Promise<AppendResult> {
    if (drafts.length === 0) return Promise.resolve({ outcomes: [], stored: [] })
    const request: AppendRequest = before === undefined ? { owner, drafts } : { owner, drafts, before }
    return this.#enqueue(drafts.length, request, null)
  }

  /** Stores a run, its plan and its first event together: a run that exists has a topic, and the reverse. */
  async createExecution({ owner, row, plan, draft, following = [] }: NewExecution): Promise<AppendResult> {
    return this.append(owner, [draft, ...following], async (client) => {
      await client.query(
        `insert into executions (id, workspace_id, workflow_id, workflow_name, workflow_version, status, input, total_nodes, started_by, started_by_name, origin, created_at, touched_at)
         values ($1, $2, $3, $4, $5, 'queued', $6, $7, $8, $9, $10, $11, $11) on conflict (id) do nothing`,
        [
          row.id,
          owner.workspaceId,
          plan.workflowId,
          plan.workflowName,
          plan.workflowVersion,
          toJsonb(row.input),
          plan.nodes.length,
          owner.userId,
          row.startedByName,
          row.origin ?? 'server',
          draft.timestamp,
        ],
      )
      await client.query('insert into execution_plans (execution_id, plan) values ($1, $2) on conflict do nothing', [
        row.id,
        toJsonb(plan),
      ])
    })
  }

  /** Closes an execution; see `finalizeWithin`. */
  finalize(owner: EventOwner, request: FinalizeRequest): Promise<AppendResult> {
    return this.#enqueue(1, null, (client) => finalizeWithin(client, owner, request))
  }

  /** Called synchronously after each commit with what it stored, in order. A listener must not throw. */
  onCommit(listener: (stored: StoredEvent[]) => void): () => void {
    this.#commitListeners.add(listener)
    return () => this.#commitListeners.delete(listener)
  }

  /** Called synchronously after each commit, before those of `onCommit`. A listener must not throw. */
  onBatch(listener: (batch: StoredBatch) => void): () => void {
    this.#batchListeners.add(listener)
    return () => this.#batchListeners.delete(listener)
  }

  async head(topic: string): Promise<TopicHead | null> {
    const heads = await this.heads([topic])
    return heads.get(topic) ?? null
  }

  async heads(topics: readonly string[]): Promise<Map<string, TopicHead>> {
    const { rows } = await this.#pool.query<Omit<TopicHead, 'closed'> & { closed: boolean | null }>({
      ...this.#inTime,
      name: 'topic-heads',
      // One search by index for each name: PGlite would read the whole table for a list of them.
      text: `select t.topic, t.workspace_id as "workspaceId", t.epoch, t.head as seq,
               e.status in ('completed', 'failed', 'cancelled') as closed
             from unnest($1::text[]) as named(topic)
             cross join lateral (select * from topics where topics.topic = named.topic limit 1) as t
             left join lateral (
               select status from executions where t.topic like 'execution:%' and id = substr(t.topic, 11) limit 1
             ) as e on true`,
      values: [topics],
    })
    return new Map(rows.map((row) => [row.topic, { ...row, closed: row.closed ?? false }]))
  }

  /**
   * Names the past of a topic anew, once per past, whatever has been written since: the caller saw that the log no
   * longer reached where it had reached, as after restoring a backup under a living process.
   */
  async renewEpoch(topic: string, epoch: string): Promise<void> {
    await this.#pool.query('update topics set epoch = $3 where topic = $1 and epoch = $2', [topic, epoch, randomUUID()])
  }

  async read(topic: string, afterSeq: number, limit: number): Promise<StoredEvent[]> {
    const { rows } = await this.#pool.query<{
      epoch: string
      seq: number
      event_id: string
      type: WorkflowEventType
      payload: string
      storedAt: number
    }>({
      ...this.#inTime,
      name: 'read-events',
      // One statement, hence one state of the log: its events are of the epoch that is beside them.
      text: `select (select epoch from topics where topic = $1) as epoch, seq, event_id, type, payload, created_at as "storedAt"
             from events where topic = $1 and seq > $2 order by seq limit $3`,
      values: [topic, afterSeq, limit],
    })
    return completeOldEvents(
      this.#pool,
      rows.map(({ event_id: eventId, ...row }) => ({ topic, eventId, ...row })),
    )
  }

  get #inTime(): { query_timeout?: number } {
    const { readMsMax } = this.#limits
    return readMsMax === null ? {} : { query_timeout: readMsMax }
  }

  /** Resolves when nothing waits any more; call after the last append. */
  async close(): Promise<void> {
    await this.#running
  }

  #enqueue(draftCount: number, request: Waiting['request'], alone: Waiting['alone']): Promise<AppendResult> {
    if (this.#waitingDrafts + draftCount > this.#limits.waitingDraftsMax) {
      return Promise.reject(new AppError('DATABASE_UNAVAILABLE', { reason: 'too many events wait to be stored' }))
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ draftCount, request, alone, resolve, reject })
      this.#waitingDrafts += draftCount
      this.#running ??= this.#drain()
    })
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch()
      await this.#store(batch)
      for (const { draftCount } of batch) this.#waitingDrafts -= draftCount
    }
    this.#running = null
  }

  /** As many neighbours as share a transaction; a closing of an execution goes alone. */
  #takeBatch(): Waiting[] {
    let count = 0
    let drafts = 0
    for (const waiting of this.#queue) {
      if (count > 0 && (waiting.request === null || drafts + waiting.draftCount > this.#limits.batchDraftsMax)) break
      count += 1
      drafts += waiting.draftCount
      if (waiting.request === null) break
    }
    return this.#queue.splice(0, count)
  }

  async #store(batch: Waiting[]): Promise<void> {
    const startedAt = performance.now()
    try {
      const results = await this.#withClient(async (client) => {
        const alone = batch[0]?.alone ?? null
        if (alone === null) {
          const requests = batch.flatMap(({ request }) => request ?? [])
          return (
            (await appendFromMemory(client, requests, this.#memory)) ??
            (await appendInTransaction(client, requests, this.#memory))
          )
        }
        await client.query('begin')
        const result = await alone(client)
        await client.query('commit')
        this.#memory.follow(result.stored)
        return [result]
      })
      this.#measure(batch, performance.now() - startedAt)
      this.#announce(results)
      batch.forEach(({ resolve }, index) => resolve(results[index] ?? { outcomes: [], stored: [] }))
    } catch (error) {
      // One request that the database refuses must not fail its neighbours.
      if (batch.length > 1 && !isConnectionError(error)) {
        for (const waiting of batch) await this.#store([waiting])
        return
      }
      const reason = nameConnectionError(error)
      for (const { reject } of batch) reject(reason)
    }
  }

  #measure(batch: Waiting[], durationMs: number): void {
    if (this.#batchListeners.size === 0) return
    const drafts = batch.flatMap(({ request }) => request?.drafts ?? [])
    const draftCount = batch.reduce((sum, waiting) => sum + waiting.draftCount, 0)
    for (const listener of this.#batchListeners) listener({ draftCount, drafts, durationMs })
  }

  #announce(results: AppendResult[]): void {
    const stored = results.flatMap((result) => result.stored)
    if (stored.length === 0) return
    const committedAt = performance.timeOrigin + performance.now()
    for (const event of stored) event.committedAt = committedAt
    for (const listener of this.#commitListeners) listener(stored)
  }

  /** `work` leaves no transaction open when it resolves; when it throws, what it began is rolled back. */
  async #withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let isGivenUp = false
    const giveUp = () => {
      isGivenUp = true
      // Its socket is cut, which rejects what is asked of it.
      client.release(true)
    }
    const { transactionMsMax } = this.#limits
    const timer = transactionMsMax === null ? undefined : setTimeout(giveUp, transactionMsMax)
    try {
      const result = await work(client)
      if (!isGivenUp) client.release()
      return result
    } catch (error) {
      if (isGivenUp) throw error
      // A connection in an unknown state is thrown away, never returned to the pool; it may be given up meanwhile.
      const isRolledBack = await client.query('rollback').then(
        () => true,
        () => false,
      )
      if (!isGivenUp) client.release(!isRolledBack)
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
}
