import type { EventError, OutputRef } from '../events/envelope.ts'
import type { Answerer, PromptInputType } from '../events/user-input.ts'
import type { FormField } from '../nodes/field.ts'
import type { PromptChoice } from '../nodes/prompt.ts'

export const executionStatuses = ['queued', 'running', 'waiting', 'paused', 'completed', 'failed', 'cancelled'] as const
export type ExecutionStatus = (typeof executionStatuses)[number]

export const nodeStatuses = [
  'pending',
  'queued',
  'running',
  'retrying',
  'waiting',
  'completed',
  'failed',
  'skipped',
  'cancelled',
] as const
export type NodeStatus = (typeof nodeStatuses)[number]

export function isFinished(status: ExecutionStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

/** Bounds of the folded state, so that a snapshot stays small whatever a run does. */
export const viewLimits = {
  logEntriesMax: 500,
  /** Characters of streamed text kept per attempt; above it the middle of the text is in the log only. */
  attemptTextCharactersMax: 200_000,
  attemptsKeptPerNodeMax: 20,
  variablesMax: 100,
  versionsKeptPerVariableMax: 10,
} as const

/** One try of a node. Texts of different attempts never mix. */
export interface AttemptView {
  attempt: number
  iteration: number
  status: 'running' | 'completed' | 'failed' | 'cancelled'
  startedAt: number
  finishedAt: number | null
  text: string
  tokens: number
  error: EventError | null
  /** After a failed one: when the next is due, as predicted. */
  nextRetryAt: number | null
}

/** A node as seen now: its latest generation. */
export interface NodeView {
  nodeId: string
  nodePath: string
  nodeName: string
  nodeType: string
  iteration: number
  status: NodeStatus
  /** 0 before the first start. */
  attempt: number
  maxAttempts: number | null
  startedAt: number | null
  finishedAt: number | null
  duration: number | null
  output: unknown
  outputRef: OutputRef | null
  ports: string[]
  error: EventError | null
  /** Why it was skipped or cancelled. */
  reason: string | null
  progress: { percentage: number | null; message: string | null } | null
  metadata: Record<string, unknown> | null
  /** Of all generations, oldest first; the last one is the current one. */
  attempts: AttemptView[]
}

export interface PromptView {
  requestId: string
  nodeId: string
  nodePath: string
  nodeName: string
  iteration: number
  prompt: string
  body: string | null
  inputType: PromptInputType
  validation: Record<string, unknown>
  choices: PromptChoice[] | null
  fields: FormField[] | null
  requestedAt: number
  deadline: number | null
  /** Number of the newest reminder; 0 before the first. */
  reminderCount: number
  remindedAt: number | null
  status: 'open' | 'answered' | 'expired' | 'withdrawn'
  response: Record<string, unknown> | null
  answeredBy: Answerer | null
  answeredAt: number | null
}

/** Who holds the run, since when and why. */
export interface PauseView {
  at: number
  by: Answerer | null
  /** Null: none was given. */
  reason: string | null
}

export interface ProgressView {
  completed: number
  total: number
  percentage: number
  currentNodeIds: string[]
  /** When the run ends at its present pace, epoch milliseconds; null where nobody can know. */
  expectedEndAt: number | null
}

/** Whether an edge was taken, in the round it was last decided. */
export interface EdgeView {
  taken: boolean
  iteration: number
}

/** A value that a variable had. */
export interface VariableVersion {
  eventId: string
  seq: number
  timestamp: number
  iteration: number
  changeType: 'created' | 'updated'
  /** As the event has it: a long one is `CutValue`. */
  value: unknown
}

/** A field that a set step gives a value, and has given before. */
export interface VariableView {
  nodeId: string
  varName: string
  /** Of the whole run; more than there are versions where the oldest are gone. */
  changeCount: number
  /** Oldest first; the last one is the present one. */
  versions: VariableVersion[]
}

export interface LogEntry {
  seq: number
  timestamp: number
  level: 'debug' | 'info' | 'warn' | 'error'
  nodeId: string | null
  attempt: number | null
  message: string
}

/**
 * Everything a viewer of one execution knows: `events.reduce(applyEvent, emptyExecutionView(id))`.
 * Server and browser share the reducer, so `fold(snapshot@s, s+1..m) = fold(empty, 1..m)`.
 */
export interface ExecutionView {
  executionId: string
  workflowId: string | null
  workflowName: string
  workflowVersion: number | null
  status: ExecutionStatus
  /** Last event folded in; 0: none. */
  seq: number
  createdAt: number | null
  startedAt: number | null
  finishedAt: number | null
  duration: number | null
  input: unknown
  startedByName: string | null
  totalNodes: number
  progress: ProgressView
  nodes: Record<string, NodeView>
  edges: Record<string, EdgeView>
  prompts: Record<string, PromptView>
  outputs: Record<string, unknown> | null
  error: EventError | null
  failedNodeId: string | null
  reason: string | null
  /** Set while the run is paused. */
  pause: PauseView | null
  /** Set while the run does not move although it should. */
  stalledCause: string | null
  /** By `nodeId.varName`, as expressions read them. */
  variables: Record<string, VariableView>
  /** The run has told as many changes as it may: variables may have other values by now. Missing in views of older servers. */
  hasUntoldChanges?: boolean
  log: LogEntry[]
}
