import { hash } from 'node:crypto'
import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import { applyEvent, emptyExecutionView } from '@millrace/shared/engine/reducer'
import { isTerminalEvent, type WorkflowEvent } from '@millrace/shared/events'

/** What producers wrote to one topic in one epoch, in the order of its numbers. */
export interface WrittenTopic {
  topic: string
  workspaceId: string
  epoch: string
  events: readonly WorkflowEvent[]
}

/** The truth that clients are compared with: digests, parts of merged events and folded states, each made once. */
export class KnownTopic {
  readonly topic: string
  readonly workspaceId: string
  readonly epoch: string
  readonly events: readonly WorkflowEvent[]
  /** Number of the event that ended the run; null: it goes on. */
  readonly endSeq: number | null
  readonly #digests = new Map<number, string>()
  readonly #folds = new Map<number, string>()
  #view: ExecutionView
  #foldedTo = 0

  constructor({ topic, workspaceId, epoch, events }: WrittenTopic) {
    this.topic = topic
    this.workspaceId = workspaceId
    this.epoch = epoch
    this.events = events
    const end = events.findIndex(isTerminalEvent)
    this.endSeq = end < 0 ? null : end + 1
    this.#view = emptyExecutionView(topic.slice(topic.indexOf(':') + 1))
  }

  get head(): number {
    return this.events.length
  }

  at(seq: number): WorkflowEvent | undefined {
    return this.events[seq - 1]
  }

  digest(seq: number): string {
    const known = this.#digests.get(seq) ?? digestOf(this.at(seq))
    this.#digests.set(seq, known)
    return known
  }

  /** Digest of the state folded from the first `seq` events. */
  fold(seq: number): string {
    const known = this.#folds.get(seq)
    if (known !== undefined) return known
    if (seq < this.#foldedTo) {
      this.#view = emptyExecutionView(this.topic.slice(this.topic.indexOf(':') + 1))
      this.#foldedTo = 0
    }
    for (const event of this.events.slice(this.#foldedTo, seq)) this.#view = applyEvent(this.#view, event)
    this.#foldedTo = seq
    const digest = digestOf(this.#view)
    this.#folds.set(seq, digest)
    return digest
  }

  /** The events that a delivered one stands for: `count` of its stream that end at its number. Null: there are none such. */
  parts(event: WorkflowEvent): WorkflowEvent[] | null {
    const count = event.count ?? 1
    const own = this.at(event.seq)
    if (own === undefined) return null
    const parts = [own]
    for (let seq = event.seq - 1; parts.length < count && seq > 0; seq -= 1) {
      const former = this.at(seq)
      if (former !== undefined && streamOf(former) === streamOf(own)) parts.unshift(former)
    }
    return parts.length === count ? parts : null
  }
}

/** Equal for equal contents whatever the order of fields. */
export function digestOf(value: unknown): string {
  return hash('sha1', JSON.stringify(value, sortFields) ?? '', 'base64')
}

/** Streams are kept apart by node and attempt; a run's own progress is one stream. */
export function streamOf(event: WorkflowEvent): string {
  const path = 'nodePath' in event ? event.nodePath : ''
  const attempt = 'attempt' in event ? event.attempt : ''
  const execution = 'executionId' in event ? event.executionId : ''
  const document = 'documentId' in event ? event.documentId : ''
  return `${event.type} ${execution} ${path} ${attempt} ${document}`
}

function sortFields(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
