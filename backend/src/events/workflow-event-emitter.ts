import { AppError } from '@millrace/shared/errors/app-error'
import {
  type EventDraft,
  eventTraits,
  parseEventDraft,
  type WorkflowEvent,
  type WorkflowEventOf,
  type WorkflowEventType,
} from '@millrace/shared/events'
import type { AppendOutcome, EventOwner, EventPort, FinalizeRequest, LoggerPort } from '@millrace/temporal/ports'
import { ZodError } from 'zod'
import type { AppendRequest, AppendResult } from './accept-drafts.ts'
import { boundOutputs, boundPayload, cutMessages, cutOutcome, cutValues } from './event-bounds.ts'
import type { EventBus } from './event-bus.ts'
import type { NewExecution } from './event-log.ts'
import type { StoredEvent } from './event-reader.ts'
import { noticeOfQuestion, noticeOfReminder } from './run-notices.ts'
import type { SecretMasker } from './secret-masker.ts'
import type { Maskers } from './workspace-secrets.ts'

/** The write side of the log, as the emitter uses it. */
export interface EventAppender {
  append(owner: EventOwner, drafts: EventDraft[], before?: AppendRequest['before']): Promise<AppendResult>
  createExecution(execution: NewExecution): Promise<AppendResult>
  finalize(owner: EventOwner, request: FinalizeRequest): Promise<AppendResult>
  onCommit(listener: (stored: StoredEvent[]) => void): () => void
}

export interface WorkflowEventEmitterDeps {
  log: EventAppender
  bus: EventBus
  masker: Maskers
  logger: LoggerPort
  /** Whether the owner's person belongs to the workspace still; notices are for members only. Default: yes. */
  isMember?: (owner: EventOwner) => Promise<boolean>
}

type Listener = (event: WorkflowEvent) => void

/** Fields that identify; they never hold a secret, and masking them would break the order of things. */
const identityFields = new Set(['type', 'eventId', 'executionId', 'nodeId', 'nodePath', 'requestId', 'edgeId'])
const isIdentity = (key: string) => identityFields.has(key)

/**
 * The one door for events of a process: validates, masks secrets, bounds, hands to the log, and tells
 * the bus and the listeners what became durable. Made once in compose.ts, closed by it.
 */
export class WorkflowEventEmitter implements EventPort {
  readonly #log: EventAppender
  readonly #bus: EventBus
  readonly #maskers: Maskers
  readonly #logger: LoggerPort
  readonly #isMember: (owner: EventOwner) => Promise<boolean>
  readonly #listeners = new Map<WorkflowEventType | '*', Set<Listener>>()
  readonly #stopListening: () => void
  /** Listeners that threw; a counter of the metrics page. */
  failedListenerCount = 0

  constructor({ log, bus, masker, logger, isMember = async () => true }: WorkflowEventEmitterDeps) {
    this.#isMember = isMember
    this.#log = log
    this.#bus = bus
    this.#maskers = masker
    this.#logger = logger
    // At the commit and not after `append`: so the order of publishing is the order of the log.
    this.#stopListening = log.onCommit((stored) => this.#announce(stored))
  }

  /**
   * Resolves when the drafts are durable, in order; one outcome each. Throws AppError INVALID_INPUT for a
   * draft that its schema refuses, OUTPUT_TOO_LARGE, or DATABASE_UNAVAILABLE: then the same drafts may be tried again.
   * What `before` throws ends the transaction, and nothing is stored.
   */
  async emit(owner: EventOwner, drafts: EventDraft[], before?: AppendRequest['before']): Promise<AppendOutcome[]> {
    const masker = await this.#maskers.of(owner.workspaceId)
    const prepared = drafts.map((draft) => prepare(draft, masker))
    const { outcomes } = await this.#log.append(owner, prepared, before)
    await this.#tellOfQuestions(owner, prepared, outcomes)
    return outcomes
  }

  append(owner: EventOwner, drafts: EventDraft[]): Promise<AppendOutcome[]> {
    return this.emit(owner, drafts)
  }

  /** Stores a run with its first event. The stored input keeps what it was given; the event shows it masked. */
  async createExecution(execution: NewExecution): Promise<AppendOutcome[]> {
    const masker = await this.#maskers.of(execution.owner.workspaceId)
    const { outcomes } = await this.#log.createExecution({
      ...execution,
      draft: prepare(execution.draft, masker),
      following: (execution.following ?? []).map((draft) => prepare(draft, masker)),
    })
    return outcomes
  }

  async finalize(owner: EventOwner, request: FinalizeRequest): Promise<void> {
    const masker = await this.#maskers.of(owner.workspaceId)
    const { outcome, nodes } = masker.mask({ outcome: request.outcome, nodes: request.nodes }, (key) => key === 'nodes')
    const bounded =
      outcome.status === 'completed'
        ? { ...outcome, outputs: boundOutputs(outcome.outputs) as typeof outcome.outputs }
        : cutOutcome(outcome)
    await this.#log.finalize(owner, {
      ...request,
      outcome: bounded,
      nodes: nodes.map((node) => cutOutcome(masker.mask(node, isIdentity))),
    })
  }

  /**
   * Calls the listener synchronously with every event that this process stores, once per event, also when it
   * lives in several topics. What it throws is contained. Returns how to stop.
   */
  on<Type extends WorkflowEventType>(type: Type, listener: (event: WorkflowEventOf<Type>) => void): () => void
  on(type: '*', listener: (event: WorkflowEvent) => void): () => void
  on(type: WorkflowEventType | '*', listener: (event: never) => void): () => void {
    const added = listener as Listener
    const listeners = this.#listeners.get(type) ?? new Set()
    this.#listeners.set(type, listeners.add(added))
    return () => {
      listeners.delete(added)
    }
  }

  close(): void {
    this.#stopListening()
    this.#listeners.clear()
  }

  /** After a question is stored, also when it was before: so whoever tries again tells what the first try could not. */
  async #tellOfQuestions(owner: EventOwner, drafts: EventDraft[], outcomes: AppendOutcome[]): Promise<void> {
    const notices = drafts.flatMap((draft, index) => {
      if (outcomes[index]?.status === 'refused') return []
      if (draft.type === 'user:input:required') return [noticeOfQuestion(draft)]
      return draft.type === 'user:input:reminder' ? [noticeOfReminder(draft)] : []
    })
    if (notices.length > 0 && (await this.#isMember(owner))) await this.#log.append(owner, notices)
  }

  #announce(stored: readonly StoredEvent[]): void {
    this.#contain('publish', () => this.#bus.publish(stored))
    if (this.#listeners.size === 0) return
    for (const row of stored) {
      const listeners = [...(this.#listeners.get(row.type) ?? []), ...(this.#listeners.get('*') ?? [])]
      if (listeners.length === 0 || !isFirstTopic(row)) continue
      const event = JSON.parse(row.payload) as WorkflowEvent
      for (const listener of listeners) this.#contain(row.type, () => listener(event))
    }
  }

  #contain(type: string, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.failedListenerCount += 1
      this.#logger.error({ tag: 'listener-failed', type, err: error }, 'A listener for events threw')
    }
  }
}

/** A draft as it is stored. Throws AppError INVALID_INPUT, OUTPUT_TOO_LARGE. */
function prepare<Draft extends EventDraft>(draft: Draft, masker: SecretMasker): Draft {
  try {
    const masked = masker.mask(parseEventDraft(draft), isIdentity)
    return boundPayload(cutValues(cutMessages(masked) as EventDraft)) as Draft
  } catch (error) {
    if (!(error instanceof ZodError)) throw error
    const problems = error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).slice(0, 10)
    throw new AppError('INVALID_INPUT', { type: draft.type, problems }, { cause: error })
  }
}

/** An event in several topics has a row in each; listeners hear of it by the first that its schema names. */
function isFirstTopic({ topic, type }: StoredEvent): boolean {
  const [first] = eventTraits[type].topics
  return first !== undefined && topic.startsWith(`${first}:`)
}
