import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'

/** What matters of an edge here; a loop edge has a `loop`. */
export interface Link {
  source: string
  target: string
  loop?: unknown
}

/** Anything with edges: a definition, or what a canvas draws. */
interface Linked {
  edges: readonly Link[]
}

type Links = ReadonlyMap<string, readonly string[]>

function linksOf(edges: readonly Link[], from: 'source' | 'target', to: 'source' | 'target'): Links {
  const links = new Map<string, string[]>()
  for (const edge of edges) {
    if (edge.loop !== undefined) continue
    const list = links.get(edge[from])
    if (list === undefined) links.set(edge[from], [edge[to]])
    else list.push(edge[to])
  }
  return links
}

function reach(start: string, links: Links): Set<string> {
  const seen = new Set([start])
  const waiting = [start]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const next of links.get(id) ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      waiting.push(next)
    }
  }
  return seen
}

/** The step and everything that leads to it, loop edges left out. */
export function upstreamOf(definition: Linked, nodeId: string): Set<string> {
  return reach(nodeId, linksOf(definition.edges, 'target', 'source'))
}

/** The step and everything it leads to, loop edges left out. */
export function downstreamOf(definition: Linked, nodeId: string): Set<string> {
  return reach(nodeId, linksOf(definition.edges, 'source', 'target'))
}

/** Body of a loop edge: every step on a way from its target to its source, both included. */
export function loopBody(definition: Linked, edge: Pick<Link, 'source' | 'target'>): string[] {
  const before = upstreamOf(definition, edge.source)
  return [...downstreamOf(definition, edge.target)].filter((id) => before.has(id))
}

/** Ids in the order of the flow, steps of the same rank from top to bottom: the order of Tab and of every list of steps. */
export function flowOrder(definition: WorkflowDefinition): string[] {
  const next = linksOf(definition.edges, 'source', 'target')
  const open = new Map(definition.nodes.map((node) => [node.id, 0]))
  for (const targets of next.values()) {
    for (const target of targets) if (open.has(target)) open.set(target, (open.get(target) ?? 0) + 1)
  }
  const byPlace = [...definition.nodes].sort((a, b) => a.position.x - b.position.x || a.position.y - b.position.y)
  const order: string[] = []
  const isPlaced = new Set<string>()
  // A drawing with a cycle has steps that never become free; they follow in the order of their place.
  while (order.length < byPlace.length) {
    const free = byPlace.find((node) => !isPlaced.has(node.id) && open.get(node.id) === 0)
    const node = free ?? byPlace.find((candidate) => !isPlaced.has(candidate.id))
    if (node === undefined) break
    isPlaced.add(node.id)
    order.push(node.id)
    for (const target of next.get(node.id) ?? []) open.set(target, (open.get(target) ?? 1) - 1)
  }
  return order
}
