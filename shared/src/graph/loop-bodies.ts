import { type GraphEdge, predecessors, reachableFrom, successors } from './graph-edge.ts'

export interface LoopBody {
  edgeId: string
  /** Every node on a way from the edge's target to its source, both included. Empty: the edge closes no cycle. */
  body: Set<string>
}

/** Bodies of all loop edges, in the order of the edges. */
export function loopBodies(edges: readonly GraphEdge[]): LoopBody[] {
  const next = successors(edges)
  const previous = predecessors(edges)
  return edges
    .filter((edge) => edge.isLoop)
    .map((edge) => {
      const forward = reachableFrom(edge.target, next)
      const backward = reachableFrom(edge.source, previous)
      return { edgeId: edge.id, body: new Set([...forward].filter((id) => backward.has(id))) }
    })
}

export type Nesting = 'apart' | 'inside' | 'around' | 'crossing'

/** How `a` lies to `b`. Equal bodies (two ways back between the same nodes) nest, the edge with the smaller id outside. */
export function nestingOf(a: LoopBody, b: LoopBody): Nesting {
  const shared = [...a.body].filter((id) => b.body.has(id)).length
  if (shared === 0) return 'apart'
  if (shared === a.body.size && shared === b.body.size) return a.edgeId < b.edgeId ? 'around' : 'inside'
  if (shared === a.body.size) return 'inside'
  return shared === b.body.size ? 'around' : 'crossing'
}

/** Loops that enclose this one, outermost first. */
export function enclosingLoops(loop: LoopBody, all: readonly LoopBody[]): LoopBody[] {
  return all.filter((other) => other !== loop && nestingOf(loop, other) === 'inside').sort(outermostFirst)
}

/** Loops whose body holds the node, outermost first: the frames of its path. */
export function loopsAround(nodeId: string, all: readonly LoopBody[]): LoopBody[] {
  return all.filter((loop) => loop.body.has(nodeId)).sort(outermostFirst)
}

function outermostFirst(a: LoopBody, b: LoopBody): number {
  return b.body.size - a.body.size || (a.edgeId < b.edgeId ? -1 : 1)
}
