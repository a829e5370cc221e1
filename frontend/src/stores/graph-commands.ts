import type { EdgeInstance, NodeInstance, WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { findNodeDefinition } from '@millrace/shared/nodes/registry'
import { freeNodeId, freeNodeName, nodeIds, nodeNames } from './graph-names.ts'
import { downstreamOf } from './graph-order.ts'
import { askDefinition, outputPorts } from './graph-ports.ts'
import { renameInConfig } from './graph-references.ts'

/**
 * Changes of a drawing as pure functions: a definition in, another one out, everything untouched shared. None of them
 * checks whether the result can run; that is the validation's task.
 */

export interface Point {
  x: number
  y: number
}

/** A port that an edge leaves. */
export interface PortRef {
  nodeId: string
  portId: string
}

/** Turns a cycle's closing edge stop after this many rounds unless told otherwise. */
export const defaultLoopBound = 5

export function randomEdgeId(): string {
  return `e-${Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(36).padStart(2, '0')).join('')}`
}

export function createNode(definition: WorkflowDefinition, type: string, position: Point): NodeInstance {
  const nodeType = findNodeDefinition(type)
  return {
    id: freeNodeId(nodeIds(definition), type.replace(/[^a-zA-Z0-9_]/g, '_')),
    type,
    name: freeNodeName(nodeNames(definition), nodeType?.title ?? type),
    position: roundPoint(position),
    config: nodeType?.defaults() ?? {},
  }
}

export function addNode(definition: WorkflowDefinition, node: NodeInstance, from?: PortRef): WorkflowDefinition {
  const added = { ...definition, nodes: [...definition.nodes, node] }
  return from === undefined ? added : addEdge(added, { source: from.nodeId, sourcePort: from.portId, target: node.id })
}

export function addEdge(definition: WorkflowDefinition, edge: Omit<EdgeInstance, 'id'>): WorkflowDefinition {
  const isThere = definition.edges.some(
    (other) => other.source === edge.source && other.sourcePort === edge.sourcePort && other.target === edge.target,
  )
  if (isThere) return definition
  return { ...definition, edges: [...definition.edges, { id: randomEdgeId(), ...edge }] }
}

export function moveNodes(definition: WorkflowDefinition, positions: ReadonlyMap<string, Point>): WorkflowDefinition {
  let isMoved = false
  const nodes = definition.nodes.map((node) => {
    const to = positions.get(node.id)
    if (to === undefined) return node
    const position = roundPoint(to)
    if (position.x === node.position.x && position.y === node.position.y) return node
    isMoved = true
    return { ...node, position }
  })
  return isMoved ? { ...definition, nodes } : definition
}

/** Removes steps with their edges, and single edges. A removed step between exactly two others leaves them connected. */
export function removeElements(
  definition: WorkflowDefinition,
  removed: { nodeIds?: ReadonlySet<string>; edgeIds?: ReadonlySet<string> },
): WorkflowDefinition {
  const nodeGone = removed.nodeIds ?? new Set<string>()
  const edgeGone = removed.edgeIds ?? new Set<string>()
  const isGone = (edge: EdgeInstance) => edgeGone.has(edge.id) || nodeGone.has(edge.source) || nodeGone.has(edge.target)
  let healed: WorkflowDefinition = {
    ...definition,
    nodes: definition.nodes.filter((node) => !nodeGone.has(node.id)),
    edges: definition.edges.filter((edge) => !isGone(edge)),
  }
  if (nodeGone.size === 1) {
    const touching = definition.edges.filter((edge) => nodeGone.has(edge.source) || nodeGone.has(edge.target))
    const before = touching.filter((edge) => nodeGone.has(edge.target) && edge.loop === undefined)
    const after = touching.filter((edge) => nodeGone.has(edge.source) && edge.loop === undefined)
    const [into, out] = [before[0], after[0]]
    if (into !== undefined && out !== undefined && before.length === 1 && after.length === 1 && touching.length === 2) {
      healed = addEdge(healed, { source: into.source, sourcePort: into.sourcePort, target: out.target })
    }
  }
  return healed.nodes.length === definition.nodes.length && healed.edges.length === definition.edges.length
    ? definition
    : healed
}

/** Puts a step between the two ends of an edge: the edge leads to it, and its first port leads on. */
export function insertOnEdge(definition: WorkflowDefinition, edgeId: string, node: NodeInstance): WorkflowDefinition {
  const edge = definition.edges.find((candidate) => candidate.id === edgeId)
  const port = outputPorts(node)[0]
  const nodes = definition.nodes.some((existing) => existing.id === node.id)
    ? definition.nodes
    : [...definition.nodes, node]
  if (edge === undefined) return { ...definition, nodes }
  const edges = definition.edges.map((candidate) =>
    candidate.id === edgeId
      ? { id: edge.id, source: edge.source, sourcePort: edge.sourcePort, target: node.id }
      : candidate,
  )
  const inserted: WorkflowDefinition = { ...definition, nodes, edges }
  if (port === undefined) return inserted
  return addEdge(inserted, {
    source: node.id,
    sourcePort: port.id,
    target: edge.target,
    ...(edge.loop === undefined ? {} : { loop: edge.loop }),
  })
}

export type NodePatch = Partial<Pick<NodeInstance, 'name' | 'note' | 'config'>> & {
  /** `undefined` takes the setting away, so that the type's own applies. */
  onError?: NodeInstance['onError'] | undefined
  retry?: NodeInstance['retry'] | undefined
  timeoutMs?: number | undefined
  join?: NodeInstance['join'] | undefined
}

/** Changes a step's set-up. Edges follow a port that got another id; edges of a port that is gone go with it. */
export function configureNode(definition: WorkflowDefinition, nodeId: string, patch: NodePatch): WorkflowDefinition {
  const node = definition.nodes.find((candidate) => candidate.id === nodeId)
  if (node === undefined) return definition
  const changed = withoutUndefined({ ...node, ...patch })
  const nodes = definition.nodes.map((candidate) => (candidate === node ? changed : candidate))
  // A set-up too broken to name its ports keeps its edges: it is being typed.
  if (askDefinition(changed, (type, config) => type.outputs(config), null) === null) return { ...definition, nodes }
  const before = outputPorts(node).map((port) => port.id)
  const after = outputPorts(changed).map((port) => port.id)
  if (before.join('\n') === after.join('\n')) return { ...definition, nodes }
  const renamed = new Map<string, string>()
  if (before.length === after.length) {
    before.forEach((id, index) => {
      const now = after[index]
      if (now !== undefined && !after.includes(id) && !before.includes(now)) renamed.set(id, now)
    })
  }
  const edges = definition.edges.flatMap((edge) => {
    if (edge.source !== nodeId) return [edge]
    const sourcePort = renamed.get(edge.sourcePort) ?? edge.sourcePort
    if (!after.includes(sourcePort) && before.includes(edge.sourcePort)) return []
    return sourcePort === edge.sourcePort ? [edge] : [{ ...edge, sourcePort }]
  })
  return { ...definition, nodes, edges }
}

/** Gives a step another id and takes edges and every expression that names it along. */
export function renameNode(definition: WorkflowDefinition, from: string, to: string): WorkflowDefinition {
  if (from === to || definition.nodes.some((node) => node.id === to)) return definition
  return {
    ...definition,
    nodes: definition.nodes.map((node) => {
      const renamed = renameInConfig(node, from, to)
      return node.id === from ? { ...renamed, id: to } : renamed
    }),
    edges: definition.edges.map((edge) =>
      edge.source === from || edge.target === from
        ? { ...edge, source: edge.source === from ? to : edge.source, target: edge.target === from ? to : edge.target }
        : edge,
    ),
  }
}

/** Marks an edge as the one that closes a loop, changes its bound, or makes it a plain edge again. */
export function setLoop(
  definition: WorkflowDefinition,
  edgeId: string,
  maxIterations: number | null,
): WorkflowDefinition {
  return {
    ...definition,
    edges: definition.edges.map((edge) => {
      if (edge.id !== edgeId) return edge
      const { loop: _old, ...plain } = edge
      return maxIterations === null ? plain : { ...plain, loop: { maxIterations } }
    }),
  }
}

function withoutUndefined(node: { [Key in keyof NodeInstance]: NodeInstance[Key] | undefined }): NodeInstance {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined)) as NodeInstance
}

function roundPoint({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) }
}

/** Least distance between the left edges of a step and the one after it, in px: a card and a short channel. */
const stepDistance = 340

/** Puts an inserted step behind the one before it, and moves what follows to the right where there is too little room. */
export function makeRoom(definition: WorkflowDefinition, nodeId: string): WorkflowDefinition {
  const node = definition.nodes.find((candidate) => candidate.id === nodeId)
  const into = definition.edges.find((edge) => edge.target === nodeId)
  const out = definition.edges.find((edge) => edge.source === nodeId && edge.loop === undefined)
  const before = definition.nodes.find((candidate) => candidate.id === into?.source)
  const after = definition.nodes.find((candidate) => candidate.id === out?.target)
  if (node === undefined || before === undefined || after === undefined) return definition
  const x = Math.max(node.position.x, before.position.x + stepDistance)
  const missing = x + stepDistance - after.position.x
  const positions = new Map([[node.id, { x, y: node.position.y }]])
  if (missing > 0) {
    for (const id of downstreamOf(definition, after.id)) {
      const follower = definition.nodes.find((candidate) => candidate.id === id)
      if (follower !== undefined) positions.set(id, { x: follower.position.x + missing, y: follower.position.y })
    }
  }
  return moveNodes(definition, positions)
}
