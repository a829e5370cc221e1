import type { ExecutionOutcome, NodeOutcome, NodeOutput } from '@millrace/shared/engine/protocol'
import type { EventDraft } from '@millrace/shared/events'
import type { EventError, OutputRef } from '@millrace/shared/events/envelope'
import type { DocumentStage } from '@millrace/shared/events/kb'
import type { Json, JsonObject } from '@millrace/shared/json'

/**
 * What the engine needs from the world. `backend` implements these; activities, executors and sinks
 * reach nothing else. No port is reachable from workflow code.
 */
export interface EnginePorts {
  events: EventPort
  outputs: OutputPort
  nodeResults: NodeResultPort
  models: ModelPort
  http: HttpPort
  knowledge: KnowledgePort
  documents: DocumentPort
  logger: LoggerPort
}

/** Where an event belongs; travels in every workflow's and activity's input. */
export interface EventOwner {
  workspaceId: string
  /** Who started the run or uploaded the document. */
  userId: string
}

export type AppendOutcome =
  | { status: 'appended'; seq: number }
  /** The same event id is stored already: a success that changed nothing. */
  | { status: 'duplicate'; seq: number }
  /** fenced: of a lower attempt or a node that has ended; terminal: the execution is over (R2). */
  | { status: 'refused'; reason: 'fenced' | 'terminal' }

export interface EventPort {
  /**
   * Resolves when all drafts are durable, in the given order; one outcome each. Rejects only when the
   * log cannot be reached (AppError DATABASE_UNAVAILABLE): the caller tries again with the same drafts.
   */
  append(owner: EventOwner, drafts: EventDraft[]): Promise<AppendOutcome[]>
  /**
   * Closes an execution in one transaction (R4): appends what of `nodes` the log lacks, retracts sink
   * events that are not in `eventIds`, then the terminal event. Idempotent: the first terminal event wins.
   */
  finalize(owner: EventOwner, request: FinalizeRequest): Promise<void>
}

export interface FinalizeRequest {
  executionId: string
  outcome: ExecutionOutcome
  /** Epoch milliseconds by the workflow's clock. */
  finishedAt: number
  duration: number
  nodes: NodeOutcome[]
  /** Ids of all events that the interpreter emitted on the way that was committed. */
  eventIds: string[]
  /** False: nobody could say what was true, so what `nodes` and `eventIds` lack is neither taken back nor corrected. */
  isJournalComplete?: boolean
}

/** Outputs above `eventLimits.inlineOutputBytesMax`, by content hash. */
export interface OutputPort {
  put(owner: EventOwner, executionId: string, value: Json): Promise<OutputRef>
  /** Throws AppError NOT_FOUND. */
  get(owner: EventOwner, ref: string): Promise<Json>
}

/** R7: an activity stores its result before it returns; an attempt that finds one returns it. */
export interface NodeResultPort {
  find(executionId: string, nodePath: string): Promise<StoredNodeResult | null>
  store(executionId: string, nodePath: string, result: StoredNodeResult): Promise<void>
}

export interface StoredNodeResult {
  output: NodeOutput
  port?: string
  metadata?: JsonObject
  attempt: number
}

export interface ModelRequest {
  owner: EventOwner
  provider: 'demo' | 'openai-compatible' | 'anthropic'
  model: string
  credentialId?: string
  system: string
  user: string
  temperature: number
  maxTokens: number
  outputSchema?: JsonObject
  demo?: JsonObject
  /** Real attempts so far, from 1: the demo provider's injected failures depend on it. */
  attempt: number
  /** The same in every attempt of a node generation: seed of the demo text, idempotency key elsewhere. */
  idempotencyKey: string
  signal: AbortSignal
  /** Called once, awaited, before a model that is elsewhere is asked: `host` or `host:port`. */
  onAsked?: (host: string) => Promise<void> | void
  /** Called in order with each piece of text; awaited, so that a slow log slows the model and nothing is lost. */
  onText: (text: string, tokens: number) => Promise<void> | void
}

export interface ModelResult {
  text: string
  object?: Json
  usage: { inputTokens: number; outputTokens: number }
  finishReason: string
  /** Milliseconds until the first piece of text. */
  firstTokenMs: number | null
}

/** One attempt; throws AppError PROVIDER_UNAVAILABLE (retryable), PROVIDER_REJECTED, CREDENTIAL_NOT_FOUND, MODEL_OUTPUT_INVALID. Never retries by itself. */
export interface ModelPort {
  generate(request: ModelRequest): Promise<ModelResult>
}

export interface HttpNodeRequest {
  method: string
  url: string
  headers: { name: string; value: string }[]
  body?: string
  timeoutMs: number
  idempotencyKey: string
  signal: AbortSignal
  /** Called now and then while a large body arrives, awaited. `totalBytes` null: the other side does not say. */
  onProgress?: (receivedBytes: number, totalBytes: number | null) => Promise<void> | void
}

export interface HttpNodeResponse {
  status: number
  statusText: string
  headers: Record<string, string>
  /** JSON where the content type says so and it parses; else text. */
  body: Json
  bytes: number
}

/** Any status resolves. Throws AppError HTTP_ADDRESS_REFUSED, HTTP_REQUEST_FAILED, NODE_TIMEOUT, OUTPUT_TOO_LARGE. */
export interface HttpPort {
  request(request: HttpNodeRequest): Promise<HttpNodeResponse>
}

export interface KnowledgeHit {
  documentId: string
  documentName: string
  text: string
  score: number
  chunkIndex: number
  /** Path of the headings above the passage. */
  heading?: string
  /** From 1, for documents that have pages. */
  page?: number
}

export interface KnowledgePort {
  /** Throws AppError KNOWLEDGE_BASE_NOT_FOUND, also for one of another workspace. */
  search(
    owner: EventOwner,
    request: {
      knowledgeBaseId: string
      query: string
      limit: number
      mode: 'hybrid' | 'vector' | 'text'
      minScore: number
    },
  ): Promise<KnowledgeHit[]>
}

export interface DocumentProgress {
  stage: DocumentStage
  completed: number
  total: number
}

/**
 * The stages of a document. Each can be repeated after a crash: it goes on where the stored work ends
 * and doubles nothing. Progress callbacks are awaited.
 */
export interface DocumentPort {
  /** Reads the stored file into text, in a worker thread with limits. Throws UNSUPPORTED_DOCUMENT, DOCUMENT_UNREADABLE, DOCUMENT_EMPTY. */
  extract(documentId: string, control: StageControl): Promise<{ characters: number; pages: number }>
  split(documentId: string, control: StageControl): Promise<{ chunkCount: number }>
  /** Embeds what has no vector yet, batch by batch. */
  embed(documentId: string, control: StageControl): Promise<{ chunkCount: number }>
  /** Makes the chunks findable in one transaction and marks the document completed. */
  index(documentId: string, control: StageControl): Promise<{ chunkCount: number }>
}

export interface StageControl {
  signal: AbortSignal
  onProgress: (completed: number, total: number) => Promise<void>
}

export interface LoggerPort {
  debug(fields: Record<string, unknown>, message: string): void
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

export type { EventError }
