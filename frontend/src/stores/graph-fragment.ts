import { EdgeInstance, NodeInstance, type WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { z } from 'zod'
import { type Point, randomEdgeId } from './graph-commands.ts'
import { freeNodeId, freeNodeName, nodeIds, nodeNames } from './graph-names.ts'
import { renameInConfig } from './graph-references.ts'

/** What the clipboard carries: steps and the edges between them, as JSON text. A whole workflow can be pasted, too. */
const Fragment = z.object({
  format: z.enum(['millrace.fragment', 'millrace.workflow']),
  nodes: z.array(NodeInstance).min(1).max(200),
  edges: z.array(EdgeInstance).max(600),
})
export type Fragment = Pick<WorkflowDefinition, 'nodes' | 'edges'>

export function copyFragment(definition: WorkflowDefinition, ids: ReadonlySet<string>): string | null {
  const nodes = definition.nodes.filter((node) => ids.has(node.id))
  if (nodes.length === 0) return null
  const edges = definition.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target))
  return JSON.stringify({ format: 'millrace.fragment', nodes, edges })
}

/** The steps in a clipboard's text; null for any other text. */
export function parseFragment(text: string): Fragment | null {
  if (!text.trimStart().startsWith('{')) return null
  try {
    const read = Fragment.safeParse(JSON.parse(text))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

/**
 * Adds copies with ids and names of their own; expressions among the copies point to the copies.
 * @param at where the upper left corner of the copies goes
 */
export function pasteFragment(
  definition: WorkflowDefinition,
  fragment: Fragment,
  at: Point,
): { definition: WorkflowDefinition; nodeIds: string[] } {
  const takenIds = nodeIds(definition)
  const takenNames = nodeNames(definition)
  const left = Math.min(...fragment.nodes.map((node) => node.position.x))
  const top = Math.min(...fragment.nodes.map((node) => node.position.y))
  const newId = new Map<string, string>()
  for (const node of fragment.nodes) {
    const id = freeNodeId(takenIds, node.id)
    takenIds.add(id)
    newId.set(node.id, id)
  }
  const nodes = fragment.nodes.map((node) => {
    const name = freeNodeName(takenNames, node.name)
    takenNames.add(name)
    const copy: NodeInstance = {
      ...structuredClone(node),
      name,
      position: { x: Math.round(at.x + node.position.x - left), y: Math.round(at.y + node.position.y - top) },
    }
    return { ...renameAll(copy, newId), id: newId.get(node.id) ?? node.id }
  })
  const edges = fragment.edges.flatMap((edge) => {
    const source = newId.get(edge.source)
    const target = newId.get(edge.target)
    return source === undefined || target === undefined ? [] : [{ ...edge, id: randomEdgeId(), source, target }]
  })
  return {
    definition: { ...definition, nodes: [...definition.nodes, ...nodes], edges: [...definition.edges, ...edges] },
    nodeIds: nodes.map((node) => node.id),
  }
}

/** In two passes over names that cannot occur, so that `a → b` and `b → c` do not become `a → c`. */
function renameAll(node: NodeInstance, newId: ReadonlyMap<string, string>): NodeInstance {
  const changed = [...newId].filter(([from, to]) => from !== to)
  let renamed = node
  changed.forEach(([from], index) => {
    renamed = renameInConfig(renamed, from, `zz_pasted_${index}_zz`)
  })
  changed.forEach(([, to], index) => {
    renamed = renameInConfig(renamed, `zz_pasted_${index}_zz`, to)
  })
  return renamed
}
