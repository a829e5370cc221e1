import { z } from 'zod'
import { executionStatuses, nodeStatuses } from '../engine/execution-view.ts'
import { EventError, OutputRef } from '../events/envelope.ts'
import type { WorkflowEvent } from '../events/index.ts'
import { Answerer } from '../events/user-input.ts'
import { PageQuery } from './page.ts'

export const StartExecution = z.object({ input: z.record(z.string(), z.unknown()).default({}) })
export type StartExecution = z.input<typeof StartExecution>

export const StartedExecution = z.object({ executionId: z.string(), status: z.enum(executionStatuses) })
export type StartedExecution = z.output<typeof StartedExecution>

export const ExecutionsQuery = PageQuery.extend({
  workflowId: z.string().max(64).optional(),
  /** One status, or several with commas. */
  status: z.string().max(200).optional(),
})

export const ExecutionSummary = z.object({
  executionId: z.string(),
  workflowId: z.string(),
  workflowName: z.string(),
  workflowVersion: z.int(),
  status: z.enum(executionStatuses),
  totalNodes: z.int(),
  completedNodes: z.int(),
  startedByName: z.string(),
  /** browser: it ran in somebody's tab and was recorded here when it was over. Missing where a client folds a row by itself. */
  origin: z.enum(['server', 'browser']).optional(),
  error: EventError.optional(),
  failedNodeId: z.string().optional(),
  createdAt: z.number(),
  startedAt: z.number(),
  finishedAt: z.number().optional(),
  duration: z.number().optional(),
})
export type ExecutionSummary = z.output<typeof ExecutionSummary>

export const ExecutionNode = z.object({
  status: z.enum(nodeStatuses),
  attempt: z.int(),
  iteration: z.int(),
  nodeName: z.string(),
  nodeType: z.string(),
  startedAt: z.number().optional(),
  finishedAt: z.number().optional(),
  duration: z.number().optional(),
  output: z.unknown().optional(),
  outputRef: OutputRef.optional(),
  error: EventError.optional(),
  reason: z.string().optional(),
})

export const Execution = ExecutionSummary.extend({
  input: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()).optional(),
  /** While it is paused: since when, by whom and why. */
  pause: z.object({ at: z.number(), by: Answerer.optional(), reason: z.string().optional() }).optional(),
  nodes: z.record(z.string(), ExecutionNode),
  /** Head of the execution's topic that this answer was folded from. */
  seq: z.int(),
})
export type Execution = z.output<typeof Execution>

/** What the run was started with: the drawing of the version it carries. */
export const EventsQuery = z.object({
  since: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
})
export interface EventsPage {
  items: WorkflowEvent[]
  head: number
  epoch: string
}
export const PauseExecution = z.object({ reason: z.string().max(300).optional() }).default({})
export const CancelExecution = z.object({ reason: z.string().max(500).optional() }).default({})
