import { randomUUID } from 'node:crypto'
import { executionTopic } from '../../src/events/topic-name.ts'
import type { StreamPlace } from '../../src/websocket/wires/stream-offset.ts'
import type { HttpApp } from '../support/http-app.ts'
import { carry, end } from './wrapped-payload.ts'

export interface SuiteOwner {
  workspaceId: string
  userId: string
}

/** A run without a plan whose topic holds what the suite appends. */
export interface SuiteTopic {
  executionId: string
  /** Of the newest event. */
  place: StreamPlace
}

/** Writes what the suite sends to the product's log: as events, by the emitter, in topics of their own. */
export class SuiteLog {
  readonly #http: HttpApp
  readonly #owner: SuiteOwner

  constructor(http: HttpApp, owner: SuiteOwner) {
    this.#http = http
    this.#owner = owner
  }

  /** An empty topic: the first event of a run would be one that the suite did not append. */
  create(): Promise<SuiteTopic> {
    return this.#insert(randomUUID(), 0)
  }

  /** A topic with the same past up to a number, under the same offsets: they are of the past, not of the copy. */
  async copy(source: SuiteTopic, upTo: number): Promise<SuiteTopic> {
    const topic = await this.#insert(source.place.epoch, upTo)
    await this.#query(
      `insert into events (topic, seq, event_id, type, execution_id, payload, created_at)
       select $1, seq, event_id, type, $2, payload, created_at from events where topic = $3 and seq <= $4`,
      [executionTopic(topic.executionId), topic.executionId, executionTopic(source.executionId), upTo],
    )
    return topic
  }

  /** Appends in one transaction; with `isLast` the topic is closed in the same. */
  async append(topic: SuiteTopic, texts: readonly string[], isLast: boolean): Promise<void> {
    const drafts = texts.map((text) => carry(topic.executionId, text))
    if (isLast) drafts.push(end(topic.executionId))
    const outcomes = await this.#http.emitter.emit(this.#owner, drafts)
    for (const outcome of outcomes) {
      if (outcome.status !== 'appended') throw new Error(`an append was ${outcome.status}`)
      topic.place = { ...topic.place, seq: outcome.seq }
    }
  }

  /** What the event with a number carries; null: there is no such event. */
  async textAt(topic: SuiteTopic, seq: number): Promise<string | null> {
    const { rows } = await this.#query('select payload from events where topic = $1 and seq = $2', [
      executionTopic(topic.executionId),
      seq,
    ])
    const [row] = rows as { payload: string }[]
    return row === undefined ? null : ((JSON.parse(row.payload) as { output?: string }).output ?? null)
  }

  async remove({ executionId }: SuiteTopic): Promise<void> {
    const topic = executionTopic(executionId)
    await this.#query('delete from executions where id = $1', [executionId])
    await this.#query('delete from events where topic = $1', [topic])
    await this.#query('delete from topics where topic = $1', [topic])
  }

  async #insert(epoch: string, head: number): Promise<SuiteTopic> {
    const executionId = randomUUID()
    const { workspaceId, userId } = this.#owner
    const now = Date.now()
    await this.#query(
      `insert into executions (id, workspace_id, workflow_id, workflow_name, workflow_version, status, input, total_nodes, started_by, started_by_name, created_at, touched_at)
       values ($1, $2, 'suite', 'suite', 1, 'running', '{}', 1, $3, 'suite', $4, $4)`,
      [executionId, workspaceId, userId, now],
    )
    await this.#query('insert into topics (topic, workspace_id, epoch, head, created_at) values ($1, $2, $3, $4, $5)', [
      executionTopic(executionId),
      workspaceId,
      epoch,
      head,
      now,
    ])
    return { executionId, place: { epoch, seq: head } }
  }

  #query(text: string, values: unknown[]) {
    return this.#http.test.database.pool.query(text, values)
  }
}
