import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { epochMs } from './columns.ts'

/** One row per topic. `head` is locked by every append to the topic, which makes `seq` gapless. */
export const topics = pgTable('topics', {
  /** `execution:<id>`, `workspace:<id>`, `user:<id>`. */
  topic: text().primaryKey(),
  workspaceId: text().notNull(),
  /** Changes only when the stored tail can no longer be trusted. */
  epoch: text().notNull(),
  head: bigint({ mode: 'number' }).notNull().default(0),
  createdAt: epochMs().notNull(),
})

/** The one source of truth about what happened. Rows are never changed. */
export const events = pgTable(
  'events',
  {
    topic: text().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    /** Unique per topic, see shared/src/events/event-id.ts. */
    eventId: text().notNull(),
    type: text().notNull(),
    executionId: text(),
    /** The event as sent, as JSON text: it is never searched, and frames are built from it unparsed. */
    payload: text().notNull(),
    createdAt: epochMs().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.topic, table.seq] }),
    uniqueIndex('events_identity').on(table.topic, table.eventId),
  ],
)

/** Read model of runs, written in the transaction that appends their events. */
export const executions = pgTable(
  'executions',
  {
    id: text().primaryKey(),
    workspaceId: text().notNull(),
    workflowId: text().notNull(),
    workflowName: text().notNull(),
    workflowVersion: integer().notNull(),
    status: text({ enum: ['queued', 'running', 'waiting', 'paused', 'completed', 'failed', 'cancelled'] }).notNull(),
    input: jsonb().notNull(),
    outputs: jsonb(),
    error: jsonb(),
    failedNodeId: text(),
    totalNodes: integer().notNull(),
    completedNodes: integer().notNull().default(0),
    startedBy: text().notNull(),
    startedByName: text().notNull(),
    /** browser: it ran in somebody's tab and was recorded here afterwards. */
    origin: text({ enum: ['server', 'browser'] })
      .notNull()
      .default('server'),
    createdAt: epochMs().notNull(),
    startedAt: epochMs(),
    finishedAt: epochMs(),
    /** Last time an event of it was stored, to within a second; the reconciler looks at what has been silent. */
    touchedAt: epochMs().notNull(),
  },
  (table) => [
    index('executions_workspace').on(table.workspaceId, table.createdAt),
    index('executions_workflow').on(table.workflowId, table.createdAt),
    index('executions_open').on(table.status, table.touchedAt),
  ],
)

/** The immutable plan a run carries. Apart from `executions`, for lists never need it. */
export const executionPlans = pgTable('execution_plans', {
  executionId: text().primaryKey(),
  plan: jsonb().notNull(),
})

/** Highest attempt seen and whether the node has ended, by node path: the fence of R2. */
export const nodeFences = pgTable(
  'node_fences',
  {
    executionId: text().notNull(),
    nodePath: text().notNull(),
    attempt: integer().notNull(),
    /** Set by completed, failed or cancelled: no later start is accepted. */
    endedAs: text(),
  },
  (table) => [primaryKey({ columns: [table.executionId, table.nodePath] })],
)

/** R7: results that an activity stored before it returned. */
export const nodeResults = pgTable(
  'node_results',
  {
    executionId: text().notNull(),
    nodePath: text().notNull(),
    result: jsonb().notNull(),
    createdAt: epochMs().notNull(),
  },
  (table) => [primaryKey({ columns: [table.executionId, table.nodePath] })],
)

/** Outputs too large for an event, by content hash and workspace. */
export const outputs = pgTable(
  'outputs',
  {
    workspaceId: text().notNull(),
    ref: text().notNull(),
    executionId: text().notNull(),
    bytes: integer().notNull(),
    /** JSON text. */
    value: text().notNull(),
    createdAt: epochMs().notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.ref] })],
)

/** Read model of questions, for inbox and audit; the authority is the run. */
export const prompts = pgTable(
  'prompts',
  {
    requestId: text().primaryKey(),
    workspaceId: text().notNull(),
    executionId: text().notNull(),
    workflowId: text().notNull(),
    workflowName: text().notNull(),
    nodeId: text().notNull(),
    status: text({ enum: ['open', 'answered', 'expired', 'withdrawn'] }).notNull(),
    /** The event `user:input:required`. */
    request: jsonb().notNull(),
    response: jsonb(),
    answeredBy: jsonb(),
    requestedAt: epochMs().notNull(),
    deadline: epochMs(),
    /** Number and time of the newest reminder; null before the first. */
    reminderCount: integer(),
    remindedAt: epochMs(),
    closedAt: epochMs(),
  },
  (table) => [
    index('prompts_open').on(table.workspaceId, table.status, table.requestedAt),
    index('prompts_execution').on(table.executionId),
  ],
)
