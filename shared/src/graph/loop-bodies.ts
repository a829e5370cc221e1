import { type GraphEdge, predecessors, reachableFrom, successors } from './graph-edge.ts'

export interface LoopBody {
  edgeId: string
  /** Every node on a way from the edge's target to its source, both included. Empty: the edge closes no cycle. */
  body: Set<string>
  /** The body with a bit for each node: every pair of loops is compared, and there may be 180,000 of them. */
  mask: bigint
}

/** Bodies of all loop edges, in the order of the edges. */
export function loopBodies(edges: readonly GraphEdge[]): LoopBody[] {
  const next = successors(edges)
  const previous = predecessors(edges)
  const ids = new Set(edges.flatMap(({ source, target }) => [source, target]))
  const bits = new Map([...ids].map((id, index) => [id, 1n << BigInt(index)]))
  return edges
    .filter((edge) => edge.isLoop)
    .map((edge) => {
      const forward = reachableFrom(edge.target, next)
      const backward = reachableFrom(edge.source, previous)
      const body = new Set([...forward].filter((id) => backward.has(id)))
      return { edgeId: edge.id, body, mask: [...body].reduce((mask, id) => mask | (bits.get(id) ?? 0n), 0n) }
    })
}

export type Nesting = 'apart' | 'inside' | 'around' | 'crossing'

/** How `a` lies to `b`. Equal bodies (two ways back between the same nodes) nest, the edge with the smaller id outside. */
export function nestingOf(a: LoopBody, b: LoopBody): Nesting {
  const shared = a.mask & b.mask
  if (shared === 0n) return 'apart'
  if (a.mask === b.mask) return a.edgeId < b.edgeId ? 'around' : 'inside'
  if (shared === a.mask) return 'inside'
  return shared === b.mask ? 'around' : 'crossing'
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
