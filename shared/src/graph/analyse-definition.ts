import type { NodeDefinition, Port } from '../nodes/definition.ts'
import { findNodeDefinition } from '../nodes/registry.ts'
import type { GraphEdge } from './graph-edge.ts'
import { type LoopBody, loopBodies } from './loop-bodies.ts'
import { portsOf } from './ports-of.ts'
import type { ProblemCode } from './problem-codes.ts'
import { type TopologicalOrder, topologicalOrder } from './topological-order.ts'
import type { NodeInstance, WorkflowDefinition, WorkflowProblem } from './workflow-definition.ts'

/** A node with what is known of it; `config` is null while its set-up does not parse. */
export interface AnalysedNode {
  node: NodeInstance
  definition: NodeDefinition | null
  config: Record<string, unknown> | null
  ports: Port[]
}

/** A definition prepared for the checks: everything that several of them need, computed once. */
export interface Analysis {
  definition: WorkflowDefinition
  nodes: AnalysedNode[]
  byId: Map<string, AnalysedNode>
  /** Edges between nodes that exist. */
  edges: GraphEdge[]
  order: TopologicalOrder
  loops: LoopBody[]
}

export function analyseDefinition(definition: WorkflowDefinition): Analysis {
  const nodes = definition.nodes.map((node): AnalysedNode => {
    const nodeDefinition = findNodeDefinition(node.type)
    const parsed = nodeDefinition?.configSchema.safeParse(node.config)
    return {
      node,
      definition: nodeDefinition,
      config: parsed?.success === true ? parsed.data : null,
      ports: portsOf(node),
    }
  })
  const byId = new Map(nodes.map((entry) => [entry.node.id, entry]))
  const edges = definition.edges
    .filter((edge) => byId.has(edge.source) && byId.has(edge.target))
    .map(
      (edge): GraphEdge => ({ id: edge.id, source: edge.source, target: edge.target, isLoop: edge.loop !== undefined }),
    )
  return { definition, nodes, byId, edges, order: topologicalOrder([...byId.keys()], edges), loops: loopBodies(edges) }
}

/** One problem; `severity` error unless said otherwise. */
export function problem(
  code: ProblemCode,
  message: string,
  place: Omit<Partial<WorkflowProblem>, 'code' | 'message'> = {},
): WorkflowProblem {
  return { code, message, severity: 'error', ...place }
}
