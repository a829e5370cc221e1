import type { JoinPolicy, OnError, RetryPolicy } from '../graph/workflow-definition.ts'
import type { Json, JsonObject } from '../json.ts'
import type { ExpressionRef, NodeKind } from '../nodes/definition.ts'
import type { NodeType } from '../nodes/registry.ts'

/** Which interpreter a run needs. 1: the first one. 2: nodes of type `stop`, and prompts that remind. */
export type EngineVersion = 1 | 2

/**
 * What a run carries: the validated, canonical form of one workflow version. Immutable; a running
 * execution never reads the live workflow. A worker whose interpreter is older than `engineVersion` leaves the run to others.
 */
export interface Plan {
  engineVersion: EngineVersion
  workflowId: string
  workflowName: string
  workflowVersion: number
  /** In topological order (loop edges left out), ties by id: the fixed order in which ready nodes are begun. */
  nodes: PlanNode[]
  edges: PlanEdge[]
  loops: PlanLoop[]
}

export interface PlanNode {
  id: string
  type: NodeType
  name: string
  kind: NodeKind
  /** Parsed by the type's schema, defaults filled in, templates not yet rendered. */
  config: JsonObject
  expressions: PlanExpression[]
  /** Ids of all ports that lead out, `error` and `expired` included where they exist. */
  ports: string[]
  join: JoinPolicy
  onError: OnError
  retry: RetryPolicy
  timeoutMs: number
}

export interface PlanExpression extends ExpressionRef {
  /** Ids of nodes whose outputs it reads. */
  reads: string[]
}

export interface PlanEdge {
  id: string
  source: string
  sourcePort: string
  target: string
  /** Set on loop edges. */
  maxIterations?: number
}

/** The body of a loop edge: every node on a way from its target to its source, both included. */
export interface PlanLoop {
  edgeId: string
  body: string[]
  maxIterations: number
  /** Loop edges whose bodies enclose this one, outermost first: the frames of a node's path. */
  enclosing: string[]
}

/** Values that expressions see: node id → output of its latest generation; `run` → `{ id, workflow }`. */
export type Scope = Record<string, Json>
