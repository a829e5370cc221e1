import { type EventDraft, type EventDraftOf, isTerminalEvent } from '@millrace/shared/events'
import type { EventBus } from '../../src/events/event-bus.ts'
import type { EventReader, StoredEvent, TopicHead } from '../../src/events/event-reader.ts'
import { draftJsonOf, payloadOf } from '../../src/events/stored-payload.ts'

interface MemoryTopic {
  head: TopicHead
  events: StoredEvent[]
}

/**
 * A log in memory, for tests of what reads it: it can lose nudges, be slow, be away and begin anew, each at
 * the moment a test chooses. The real log has its own tests.
 */
export class MemoryLog implements EventReader {
  readonly #topics = new Map<string, MemoryTopic>()
  readonly #bus: EventBus
  /** Numbers of reads, by what was asked. */
  readonly counts = { head: 0, read: 0 }
  /** Set: the next appends are stored but not announced. */
  isMute = false
  /** Set: everything rejects. */
  isAway = false
  /** Awaited before each answer. */
  delay: () => Promise<void> = async () => undefined

  constructor(bus: EventBus) {
    this.#bus = bus
  }

  createTopic(topic: string, workspaceId: string, epoch = 'epoch-1'): void {
    this.#topics.set(topic, { head: { topic, workspaceId, epoch, seq: 0, closed: false }, events: [] })
  }

  append(topic: string, drafts: EventDraft[]): StoredEvent[] {
    const known = this.#topics.get(topic)
    if (known === undefined) throw new Error(`no topic ${topic}`)
    const stored = drafts.map((draft): StoredEvent => {
      known.head.seq += 1
      if (topic.startsWith('execution:') && isTerminalEvent(draft)) known.head.closed = true
      const { eventId, type } = draft
      return {
        topic,
        epoch: known.head.epoch,
        seq: known.head.seq,
        eventId,
        type,
        payload: payloadOf(draftJsonOf(draft), known.head),
        storedAt: Date.now(),
      }
    })
    known.events.push(...stored)
    if (!this.isMute) this.#bus.publish(stored)
    return stored
  }

  /** The topic's own past is gone, as after a restore of an older backup. */
  beginAnew(topic: string, epoch: string, keptCount: number): void {
    const known = this.#topics.get(topic)
    if (known === undefined) throw new Error(`no topic ${topic}`)
    known.events = known.events.slice(0, keptCount)
    known.head = { ...known.head, epoch, seq: keptCount }
  }

  async head(topic: string): Promise<TopicHead | null> {
    this.counts.head += 1
    await this.#answer()
    const known = this.#topics.get(topic)
    return known === undefined ? null : { ...known.head }
  }

  async heads(topics: readonly string[]): Promise<Map<string, TopicHead>> {
    this.counts.head += 1
    await this.#answer()
    const known = topics.flatMap((topic) => this.#topics.get(topic)?.head ?? [])
    return new Map(known.map((head) => [head.topic, { ...head }]))
  }

  async read(topic: string, afterSeq: number, limit: number): Promise<StoredEvent[]> {
    this.counts.read += 1
    await this.#answer()
    const known = this.#topics.get(topic)
    if (known === undefined) return []
    const { epoch } = known.head
    return known.events.slice(afterSeq, afterSeq + limit).map((event) => ({ ...event, epoch }))
  }

  async #answer(): Promise<void> {
    await this.delay()
    if (this.isAway) throw Object.assign(new Error('the log is away'), { code: 'DATABASE_UNAVAILABLE' })
  }
}

let counter = 0

export function logDraft(executionId: string, message = 'a line'): EventDraftOf<'node:log'> {
  counter += 1
  const eventId = `draft/node:log/1/${counter}`
  const node = { nodeId: 'draft', nodePath: 'draft', iteration: 1 }
  return { type: 'node:log', eventId, timestamp: 1, executionId, ...node, level: 'info', message }
}

export function createdDraft(executionId: string): EventDraftOf<'execution:created'> {
  const workflow = { workflowId: 'w1', workflowName: 'Review desk', workflowVersion: 1, totalNodes: 2 }
  return { type: 'execution:created', eventId: '-/execution:created/-/-', timestamp: 1, executionId, ...workflow }
}

export function completedDraft(executionId: string): EventDraftOf<'execution:completed'> {
  const end = { status: 'completed', outputs: { text: 'done' }, duration: 5 } as const
  return { type: 'execution:completed', eventId: '-/execution:completed/-/-', timestamp: 2, executionId, ...end }
}

export function documentDraft(knowledgeBaseId: string, documentId: string): EventDraftOf<'kb:document:completed'> {
  const eventId = `${documentId}/kb:document:completed/-/-`
  const document = { knowledgeBaseId, documentId, documentName: `${documentId}.md`, chunkCount: 3, duration: 10 }
  return { type: 'kb:document:completed', eventId, timestamp: 1, ...document }
}

export function streamDraft(executionId: string, chunk: string, offset: number): EventDraftOf<'node:stream'> {
  const node = { nodeId: 'draft', nodePath: 'draft', iteration: 1, attempt: 1 }
  return {
    type: 'node:stream',
    eventId: `draft/node:stream/1/${offset}`,
    timestamp: 1,
    executionId,
    ...node,
    chunk,
    offset,
  }
}
