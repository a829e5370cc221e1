import dagre from '@dagrejs/dagre'
import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { type Point } from '../../stores/graph-commands.ts'
import { outputPorts } from '../../stores/graph-ports.ts'
import { cardWidth, headerHeight } from '../card/card-measures.ts'

/** Free space between columns and between steps of one column, in px. A finished card is about 60 px taller than its header. */
const columnGap = 96
const rowGap = 72

/** Places for all steps, left to right along the flow; loop edges are left out, for they run back. The upper left corner stays. */
export function layoutPositions(definition: WorkflowDefinition): Map<string, Point> {
  const graph = new dagre.graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', ranksep: columnGap, nodesep: rowGap, ranker: 'network-simplex' })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const node of definition.nodes) {
    graph.setNode(node.id, { width: cardWidth, height: headerHeight(outputPorts(node).length) })
  }
  for (const edge of definition.edges) {
    if (edge.loop === undefined) graph.setEdge(edge.source, edge.target, {}, edge.id)
  }
  dagre.layout(graph)
  const placed = definition.nodes.map((node) => {
    const { x, y, width, height } = graph.node(node.id) as { x: number; y: number; width: number; height: number }
    return { id: node.id, x: x - width / 2, y: y - height / 2, from: node.position }
  })
  if (isUpsideDown(definition, new Map(placed.map(({ id, y }) => [id, y])))) {
    const top = Math.min(...placed.map(({ y }) => y))
    const bottom = Math.max(...placed.map(({ y }) => y))
    for (const place of placed) place.y = top + bottom - place.y
  }
  const shift = {
    x: Math.min(...placed.map(({ from }) => from.x)) - Math.min(...placed.map(({ x }) => x)),
    y: Math.min(...placed.map(({ from }) => from.y)) - Math.min(...placed.map(({ y }) => y)),
  }
  return new Map(placed.map(({ id, x, y }) => [id, { x: Math.round(x + shift.x), y: Math.round(y + shift.y) }]))
}

/** Dagre knows no ports: a layout and its mirror image are the same to it. Here the first way out belongs above the others. */
function isUpsideDown(definition: WorkflowDefinition, top: ReadonlyMap<string, number>): boolean {
  let balance = 0
  for (const node of definition.nodes) {
    const ports = outputPorts(node).map((port) => port.id)
    const targets = definition.edges
      .filter((edge) => edge.source === node.id && edge.loop === undefined)
      .sort((a, b) => ports.indexOf(a.sourcePort) - ports.indexOf(b.sourcePort))
      .map((edge) => top.get(edge.target) ?? 0)
    targets.forEach((y, index) => {
      for (const below of targets.slice(index + 1)) balance += Math.sign(y - below)
    })
  }
  return balance > 0
}
