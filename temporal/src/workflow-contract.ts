import type { Plan } from '@millrace/shared/engine/plan'
import type { EngineCommand, ExecutionOutcome, NodeOutcome, PauseCheck } from '@millrace/shared/engine/protocol'
import type { EventError } from '@millrace/shared/events/envelope'
import type { Answerer } from '@millrace/shared/events/user-input'
import type { JsonObject } from '@millrace/shared/json'
import type { EventOwner } from './ports.ts'

/** What clients and workflows say to each other. Names are sent over the wire: a running workflow knows only its own. */

export const workflowTypes = { executeGraph: 'executeGraph', ingestDocument: 'ingestDocument' } as const

export const handlerNames = {
  answer: 'answer',
  cancel: 'cancel',
  pause: 'pause',
  resume: 'resume',
  state: 'state',
} as const

export interface ExecuteGraphInput {
  executionId: string
  owner: EventOwner
  plan: Plan
  input: JsonObject
  /** Epoch milliseconds of `execution:created`; durations count from it. Without it from the first task. */
  createdAt?: number
  settings?: ExecuteGraphSettings
  /** Set by the workflow itself when it goes on with a fresh history. */
  carried?: CarriedRun
}

export interface ExecuteGraphSettings {
  /** A history this long is ended and the run goes on in a fresh one. The server refuses 51,200 events. */
  historyEventsMax?: number
  /** A worker that has not been heard of for this long is lost. */
  heartbeatTimeoutMs?: number
}

/** What crosses from one history to the next. Plain JSON. */
export interface CarriedRun {
  /** Interpreter state, opaque here. */
  state: JsonObject
  timers: { timerId: string; fireAt: number }[]
  /** Effects that were held back so that nothing runs while the history changes. */
  held: EngineCommand[]
}

export interface AnswerRequest {
  requestId: string
  response: JsonObject
  answeredBy: Answerer
}

/** An answer that passed the validator can still come late, so the result decides (R1). */
export type AnswerResult =
  | { accepted: true; response: JsonObject; answeredBy: Answerer; answeredAt: number }
  | { accepted: false; code: AnswerRefusal; message: string; details?: JsonObject }

export type AnswerRefusal = 'PROMPT_NOT_FOUND' | 'PROMPT_ALREADY_ANSWERED' | 'PROMPT_CLOSED' | 'PROMPT_RESPONSE_INVALID'

export interface CancelRequest {
  reason: string
  /** Id of whoever asked, for the audit; null for the system itself. */
  by: string | null
}

/** A wish to pause a run, or to let it go on. */
export interface PauseRequest {
  reason?: string
  by: Answerer
}

/** A run that is as wished already is a success. `status`: how the run stands since. */
export type PauseResult =
  | { accepted: true; status: 'running' | 'waiting' | 'paused' | ExecutionOutcome['status'] }
  | { accepted: false; code: PauseRefusal; message: string }

export type PauseRefusal = Extract<PauseCheck, { ok: false }>['code']

/** Answer to the query `state`: what is true by committed history. Adds nothing to it. */
export interface ExecutionJournal {
  outcome: ExecutionOutcome | null
  startedAt: number
  nodes: NodeOutcome[]
  eventIds: string[]
  /** False: the lists are too long to be handed out and left empty; nothing may be concluded from what they lack. */
  isComplete: boolean
}

export interface IngestDocumentInput {
  owner: EventOwner
  document: DocumentAddress
}

export interface DocumentAddress {
  knowledgeBaseId: string
  documentId: string
  documentName: string
}

/** How a workflow ended, as its own return value: small, for the truth is in the event log. */
export interface ExecuteGraphResult {
  status: ExecutionOutcome['status']
  error?: EventError
}
