/** The part of an edge that graph rules look at; drawings and plans both fit. */
export interface GraphEdge {
  id: string
  source: string
  target: string
  isLoop: boolean
}

export type Neighbours = Map<string, string[]>

/** Targets by source; loop edges are left out unless asked for. */
export function successors(
  edges: readonly GraphEdge[],
  options: { withLoops: boolean } = { withLoops: false },
): Neighbours {
  return neighbours(edges, options, (edge) => [edge.source, edge.target])
}

/** Sources by target. */
export function predecessors(
  edges: readonly GraphEdge[],
  options: { withLoops: boolean } = { withLoops: false },
): Neighbours {
  return neighbours(edges, options, (edge) => [edge.target, edge.source])
}

function neighbours(
  edges: readonly GraphEdge[],
  options: { withLoops: boolean },
  ends: (edge: GraphEdge) => [string, string],
): Neighbours {
  const found: Neighbours = new Map()
  for (const edge of edges) {
    if (edge.isLoop && !options.withLoops) continue
    const [from, to] = ends(edge)
    const list = found.get(from)
    if (list === undefined) found.set(from, [to])
    else list.push(to)
  }
  return found
}

/** Everything that can be reached from `start`, itself included. */
export function reachableFrom(start: string, next: Neighbours): Set<string> {
  const seen = new Set([start])
  const open = [start]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const other of next.get(id) ?? []) {
      if (seen.has(other)) continue
      seen.add(other)
      open.push(other)
    }
  }
  return seen
}
