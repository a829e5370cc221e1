import { z } from 'zod'

/** Bounds of one workflow. They keep a save, a validation and a run's state small; see docs/workflow-format.md. */
export const workflowLimits = {
  nodesMax: 200,
  edgesMax: 600,
  definitionBytesMax: 1024 * 1024,
  /** Problems that a validation names: nobody reads more at once, and one drawing can have tens of thousands. */
  problemsMax: 200,
  loopIterationsMax: 100,
  attemptsMax: 20,
  timeoutMaxMs: 24 * 60 * 60 * 1000,
} as const

/**
 * Ids of nodes are the names by which expressions and templates reach outputs (`draft.text`),
 * hence identifiers of both languages.
 */
export const nodeIdPattern = /^[a-zA-Z][a-zA-Z0-9_]{0,63}$/

export const NodeId = z.string().regex(nodeIdPattern, 'Use letters, digits and _, beginning with a letter.')

export const RetryPolicy = z.strictObject({
  /** Tries in all, the first one included; only real failures count, a lost worker does not (R6). */
  maxAttempts: z.int().min(1).max(workflowLimits.attemptsMax).default(3).meta({ title: 'Attempts' }),
  initialIntervalMs: z.int().min(0).max(600_000).default(1000).meta({ title: 'First wait', unit: 'ms' }),
  backoffCoefficient: z.number().min(1).max(10).default(2).meta({ title: 'Growth' }),
  maxIntervalMs: z.int().min(0).max(3_600_000).default(30_000).meta({ title: 'Longest wait', unit: 'ms' }),
})
export type RetryPolicy = z.output<typeof RetryPolicy>

const { maxAttempts, initialIntervalMs, backoffCoefficient, maxIntervalMs } = RetryPolicy.shape

/** What a node says otherwise than its type; without defaults of its own, which would hide those of the type. */
export const RetryOverride = z.strictObject({
  maxAttempts: maxAttempts.unwrap().optional(),
  initialIntervalMs: initialIntervalMs.unwrap().optional(),
  backoffCoefficient: backoffCoefficient.unwrap().optional(),
  maxIntervalMs: maxIntervalMs.unwrap().optional(),
})

/** all: every input that can still come; any: the first; n: that many. */
export const JoinPolicy = z.union([z.literal('all'), z.literal('any'), z.strictObject({ n: z.int().min(1).max(100) })])
export type JoinPolicy = z.output<typeof JoinPolicy>

/** fail: the run fails; continue: the node ends failed and its normal ports go on with an empty output; branch: the port `error` is taken. */
export const OnError = z.enum(['fail', 'continue', 'branch'])
export type OnError = z.output<typeof OnError>

export const NodeInstance = z.strictObject({
  id: NodeId,
  /** A key of the node registry. Not an enum here: a file with an unknown type gets a problem, not a parse error. */
  type: z.string().min(1).max(64),
  name: z.string().min(1).max(120),
  note: z.string().max(2000).optional(),
  position: z.strictObject({ x: z.number(), y: z.number() }).default({ x: 0, y: 0 }),
  config: z.record(z.string(), z.unknown()).default({}),
  onError: OnError.optional(),
  retry: RetryOverride.optional(),
  timeoutMs: z.int().min(100).max(workflowLimits.timeoutMaxMs).optional(),
  join: JoinPolicy.optional(),
})
export type NodeInstance = z.output<typeof NodeInstance>

export const EdgeInstance = z.strictObject({
  id: z.string().min(1).max(128),
  source: NodeId,
  /** A port that the source's node type and set-up offer; `out` where it has only one. */
  sourcePort: z.string().min(1).max(64).default('out'),
  target: NodeId,
  /** Marks the one edge by which a cycle closes. Without its loop edges a workflow has no cycle. */
  loop: z.strictObject({ maxIterations: z.int().min(1).max(workflowLimits.loopIterationsMax) }).optional(),
})
export type EdgeInstance = z.output<typeof EdgeInstance>

/** What is drawn, saved, exported and imported: the one format of docs/workflow-format.md. */
export const WorkflowDefinition = z.strictObject({
  format: z.literal('millrace.workflow').default('millrace.workflow'),
  formatVersion: z.literal(1).default(1),
  nodes: z.array(NodeInstance).max(workflowLimits.nodesMax),
  edges: z.array(EdgeInstance).max(workflowLimits.edgesMax),
})
export type WorkflowDefinition = z.output<typeof WorkflowDefinition>

/** One fault of a definition, at the node or edge it belongs to. */
export const WorkflowProblem = z.object({
  code: z.string(),
  message: z.string(),
  /** warning: it can run; error: it cannot. */
  severity: z.enum(['error', 'warning']).default('error'),
  nodeId: z.string().optional(),
  edgeId: z.string().optional(),
  /** Where in the node: `config.url`, `retry.maxAttempts`. */
  path: z.string().optional(),
})
export type WorkflowProblem = z.output<typeof WorkflowProblem>
