import type { NodeOutcome } from '@millrace/shared/engine/protocol'
import { AppError } from '@millrace/shared/errors/app-error'
import { type EventDraft, isTerminalEvent, parseEventDraft } from '@millrace/shared/events'
import { eventId } from '@millrace/shared/events/event-id'
import type { AppendOutcome, EventOwner, EventPort, FinalizeRequest } from '../../src/ports.ts'

const attemptEvents = new Set(['node:started', 'node:retry', 'node:stream', 'node:progress', 'node:log'])
const endEvents = new Set(['node:completed', 'node:failed', 'node:cancelled'])

interface Topic {
  events: EventDraft[]
  seqOf: Map<string, number>
  fences: Map<string, { attempt: number; isEnded: boolean }>
  isClosed: boolean
}

/** The rules of the event log (order, identity, fences, one terminal event) in memory: for tests of what stands before it. */
export class MemoryEventLog implements EventPort {
  readonly finalizations: FinalizeRequest[] = []
  readonly #topics = new Map<string, Topic>()
  readonly #waiting = new Set<() => void>()
  #refusalsLeft = 0

  /** The next `count` calls fail as if the database were away. */
  failNext(count: number): void {
    this.#refusalsLeft = count
  }

  async append(_owner: EventOwner, drafts: EventDraft[]): Promise<AppendOutcome[]> {
    this.#maybeFail()
    const outcomes = drafts.map((draft) => this.#appendOne(parseEventDraft(draft)))
    for (const wake of this.#waiting) wake()
    return outcomes
  }

  async finalize(owner: EventOwner, request: FinalizeRequest): Promise<void> {
    this.#maybeFail()
    this.finalizations.push(request)
    const { executionId, finishedAt: timestamp, duration, outcome } = request
    const type = `execution:${outcome.status}` as const
    const base = { eventId: eventId({ nodePath: null, type }), timestamp, executionId, duration, type }
    await this.append(owner, [...this.#corrections(request), { ...base, ...outcome } as EventDraft])
  }

  /** Events of one execution (or document) in order. */
  of(topicId: string): EventDraft[] {
    return this.#topics.get(topicId)?.events ?? []
  }

  types(topicId: string): string[] {
    return this.of(topicId).map(({ type }) => type)
  }

  /** Resolves with the first event that fits, stored already or later. */
  async waitFor<Type extends EventDraft['type']>(
    topicId: string,
    type: Type,
    fits: (event: Extract<EventDraft, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<EventDraft, { type: Type }>> {
    for (;;) {
      const found = this.of(topicId).find(
        (event): event is Extract<EventDraft, { type: Type }> => event.type === type && fits(event as never),
      )
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake)
          resolve()
        }
        this.#waiting.add(wake)
      })
    }
  }

  #maybeFail(): void {
    if (this.#refusalsLeft === 0) return
    this.#refusalsLeft -= 1
    throw new AppError('DATABASE_UNAVAILABLE')
  }

  #topic(id: string): Topic {
    const topic = this.#topics.get(id) ?? { events: [], seqOf: new Map(), fences: new Map(), isClosed: false }
    this.#topics.set(id, topic)
    return topic
  }

  #appendOne(draft: EventDraft): AppendOutcome {
    const topic = this.#topic(topicIdOf(draft))
    const known = topic.seqOf.get(draft.eventId)
    if (known !== undefined) return { status: 'duplicate', seq: known }
    if (topic.isClosed) return { status: 'refused', reason: 'terminal' }
    if (isFenced(topic, draft)) return { status: 'refused', reason: 'fenced' }
    topic.isClosed = isTerminalEvent(draft)
    topic.events.push(draft)
    topic.seqOf.set(draft.eventId, topic.events.length)
    return { status: 'appended', seq: topic.events.length }
  }

  /** What R4 asks for, reduced to the count that a faultless run must keep at 0. */
  #corrections({
    executionId,
    nodes,
    eventIds,
    isJournalComplete,
    finishedAt: timestamp,
  }: FinalizeRequest): EventDraft[] {
    if (isJournalComplete === false) return []
    const told = new Map<string, NodeOutcome['status']>()
    for (const event of this.of(executionId)) {
      if (!('nodePath' in event)) continue
      if (endEvents.has(event.type) || event.type === 'node:skipped') {
        if (!eventIds.includes(event.eventId)) throw new Error(`${event.eventId} is not in the committed journal`)
        told.set(event.nodePath, event.type.slice('node:'.length) as NodeOutcome['status'])
      }
    }
    return nodes
      .filter(({ nodePath, status }) => (told.get(nodePath) ?? 'pending') !== status)
      .map(({ nodePath, nodeId, iteration, status }) => {
        const type = 'node:corrected'
        return {
          type,
          eventId: eventId({ nodePath, type }),
          timestamp,
          executionId,
          nodeId,
          nodePath,
          iteration,
          status,
        }
      })
  }
}

/** R2, as the stored log keeps it. */
function isFenced(topic: Topic, draft: EventDraft): boolean {
  if (!('nodePath' in draft)) return false
  const attempt = 'attempt' in draft ? (draft.attempt ?? 0) : 0
  const fence = topic.fences.get(draft.nodePath) ?? { attempt: 0, isEnded: false }
  if (attemptEvents.has(draft.type)) {
    if (fence.isEnded || (draft.type !== 'node:retry' && attempt < fence.attempt)) return true
    if (draft.type !== 'node:retry') fence.attempt = Math.max(fence.attempt, attempt)
  }
  if (endEvents.has(draft.type)) fence.isEnded = true
  topic.fences.set(draft.nodePath, fence)
  return false
}

/** One topic per run or document; what is neither has its own. */
function topicIdOf(draft: EventDraft): string {
  if ('executionId' in draft) return draft.executionId
  return 'documentId' in draft ? draft.documentId : draft.type
}
