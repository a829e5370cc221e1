import type { Plan, PlanEdge, PlanLoop, PlanNode } from './plan.ts'

/** A plan prepared for looking things up. Determined by the plan alone. */
export interface PlanIndex {
  nodes: ReadonlyMap<string, PlanNode>
  /** Position in plan order. */
  positions: ReadonlyMap<string, number>
  edges: ReadonlyMap<string, PlanEdge>
  edgeNumbers: ReadonlyMap<string, number>
  /** Edges into a node, loop edges left out, in plan order. */
  incoming: ReadonlyMap<string, PlanEdge[]>
  /** Edges out of a node, loop edges included, in plan order. */
  outgoing: ReadonlyMap<string, PlanEdge[]>
  loops: ReadonlyMap<string, PlanLoop>
  /** Loops whose body holds the node, outermost first. */
  loopsAround: ReadonlyMap<string, PlanLoop[]>
  /** Edge → the outermost loop that it leaves: it settles when that loop ends. Other edges are not in here. */
  heldBy: ReadonlyMap<string, string>
  /** Loop → edges that it holds, in plan order. */
  holds: ReadonlyMap<string, PlanEdge[]>
}

/** One index per plan object; a plan never changes, so remembering it is no state. */
const known = new WeakMap<Plan, PlanIndex>()

export function planIndex(plan: Plan): PlanIndex {
  const found = known.get(plan)
  if (found !== undefined) return found
  const made = createPlanIndex(plan)
  known.set(plan, made)
  return made
}

function createPlanIndex(plan: Plan): PlanIndex {
  const outermostFirst = [...plan.loops].sort((a, b) => a.enclosing.length - b.enclosing.length)
  const bodies = new Map(plan.loops.map((loop) => [loop.edgeId, new Set(loop.body)]))
  const loopsAround = new Map(
    plan.nodes.map(({ id }) => [id, outermostFirst.filter((loop) => bodies.get(loop.edgeId)?.has(id))]),
  )
  const heldBy = new Map<string, string>()
  for (const edge of plan.edges) {
    if (edge.maxIterations !== undefined) continue
    const left = loopsAround.get(edge.source)?.find((loop) => !bodies.get(loop.edgeId)?.has(edge.target))
    if (left !== undefined) heldBy.set(edge.id, left.edgeId)
  }
  return {
    nodes: new Map(plan.nodes.map((node) => [node.id, node])),
    positions: new Map(plan.nodes.map(({ id }, position) => [id, position])),
    edges: new Map(plan.edges.map((edge) => [edge.id, edge])),
    edgeNumbers: new Map(plan.edges.map(({ id }, number) => [id, number])),
    incoming: grouped(
      plan.edges.filter(({ maxIterations }) => maxIterations === undefined),
      ({ target }) => target,
    ),
    outgoing: grouped(plan.edges, ({ source }) => source),
    loops: new Map(plan.loops.map((loop) => [loop.edgeId, loop])),
    loopsAround,
    heldBy,
    holds: grouped(
      plan.edges.filter(({ id }) => heldBy.has(id)),
      ({ id }) => heldBy.get(id) ?? '',
    ),
  }
}

function grouped(edges: readonly PlanEdge[], keyOf: (edge: PlanEdge) => string): Map<string, PlanEdge[]> {
  const groups = new Map<string, PlanEdge[]>()
  for (const edge of edges) {
    const group = groups.get(keyOf(edge))
    if (group === undefined) groups.set(keyOf(edge), [edge])
    else group.push(edge)
  }
  return groups
}
