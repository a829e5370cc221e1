import type { EdgeInstance, WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'

type Links = ReadonlyMap<string, readonly string[]>

function linksOf(edges: readonly EdgeInstance[], from: 'source' | 'target', to: 'source' | 'target'): Links {
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
export function upstreamOf(definition: WorkflowDefinition, nodeId: string): Set<string> {
  return reach(nodeId, linksOf(definition.edges, 'target', 'source'))
}

/** The step and everything it leads to, loop edges left out. */
export function downstreamOf(definition: WorkflowDefinition, nodeId: string): Set<string> {
  return reach(nodeId, linksOf(definition.edges, 'source', 'target'))
}

/** Body of a loop edge: every step on a way from its target to its source, both included. */
export function loopBody(definition: WorkflowDefinition, edge: Pick<EdgeInstance, 'source' | 'target'>): string[] {
  const after = downstreamOf(definition, edge.target)
  const before = upstreamOf(definition, edge.source)
  return definition.nodes.map((node) => node.id).filter((id) => after.has(id) && before.has(id))
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
