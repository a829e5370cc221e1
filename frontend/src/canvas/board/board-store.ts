import type { NodeInstance, WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import {
  applyEdgeChanges,
  applyNodeChanges,
  type Edge,
  type EdgeChange,
  type Node,
  type NodeChange,
} from '@xyflow/react'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Point, PortRef } from '../../stores/graph-commands.ts'
import { flowOrder } from '../../stores/graph-order.ts'
import { alignTo, type Guides } from './alignment.ts'

export type StepNode = Node<Record<string, never>, 'step'>
export type ChannelEdge = Edge<{ loopMax: number | null }, 'channel'>
export type InspectorTab = 'setup' | 'output' | 'log'

/** An open search for a step to add. */
export interface AddSearch {
  /** Where the new step goes, on the paper. */
  at: Point
  /** Port that the new step is connected to. */
  from: PortRef | null
  /** Step that the new one leads to, when it was pulled from an input. */
  into: string | null
  /** Offer steps that exist, too: the way to connect without a mouse. */
  offersExisting: boolean
}

/** View state of one canvas: what is selected, open and being dragged. Nothing here is saved or undone. */
export interface BoardState {
  nodes: StepNode[]
  edges: ChannelEdge[]
  guides: Guides | null
  search: AddSearch | null
  /** Edge under a step that is about to be dropped on it. */
  dropEdgeId: string | null
  isInspectorOpen: boolean
  tab: InspectorTab
  /** Field of the set-up that a problem points to. */
  focusPath: string | null
  /** Question shown in the inspector's place. */
  openRequestId: string | null
  isPaletteOpen: boolean
}

export interface Board {
  store: StoreApi<BoardState>
  /** Draws another state of the definition; what did not change keeps its object, and so is not rendered. */
  show: (definition: WorkflowDefinition) => void
  onNodesChange: (changes: NodeChange<StepNode>[]) => void
  onEdgesChange: (changes: EdgeChange<ChannelEdge>[]) => void
  select: (selection: { nodeIds?: Iterable<string>; edgeIds?: Iterable<string> }) => void
  place: (positions: ReadonlyMap<string, Point>) => void
  set: (state: Partial<BoardState>) => void
}

const noData = {}

export function createBoard(definition: WorkflowDefinition, isPaletteOpen = false): Board {
  const store = createStore<BoardState>(() => ({
    ...drawn(definition, [], []),
    guides: null,
    search: null,
    dropEdgeId: null,
    isInspectorOpen: false,
    tab: 'setup',
    focusPath: null,
    openRequestId: null,
    isPaletteOpen,
  }))

  return {
    store,
    show: (next) => store.setState(({ nodes, edges }) => drawn(next, nodes, edges)),
    onNodesChange(changes) {
      const { nodes } = store.getState()
      const dragged = changes.filter((change) => change.type === 'position' && change.dragging === true)
      const only = dragged[0]
      let guides: Guides | null = null
      if (dragged.length === 1 && only?.type === 'position' && only.position !== undefined) {
        const others = nodes.filter((node) => node.id !== only.id).map((node) => node.position)
        const aligned = alignTo(only.position, others)
        only.position = aligned.position
        guides = aligned.guides
      }
      store.setState({ nodes: applyNodeChanges(changes, nodes), guides })
    },
    onEdgesChange: (changes) => store.setState(({ edges }) => ({ edges: applyEdgeChanges(changes, edges) })),
    select({ nodeIds = [], edgeIds = [] }) {
      const nodesIn = new Set(nodeIds)
      const edgesIn = new Set(edgeIds)
      store.setState(({ nodes, edges }) => ({
        nodes: nodes.map((node) => withSelected(node, nodesIn.has(node.id))),
        edges: edges.map((edge) => withSelected(edge, edgesIn.has(edge.id))),
      }))
    },
    place: (positions) =>
      store.setState(({ nodes }) => ({
        nodes: nodes.map((node) => {
          const position = positions.get(node.id)
          return position === undefined ? node : { ...node, position }
        }),
      })),
    set: (state) => store.setState(state),
  }
}

function withSelected<Element extends { selected?: boolean }>(element: Element, selected: boolean): Element {
  return (element.selected ?? false) === selected ? element : { ...element, selected }
}

function drawn(
  definition: WorkflowDefinition,
  nodes: readonly StepNode[],
  edges: readonly ChannelEdge[],
): Pick<BoardState, 'nodes' | 'edges'> {
  const oldNodes = new Map(nodes.map((node) => [node.id, node]))
  const oldEdges = new Map(edges.map((edge) => [edge.id, edge]))
  const byId = new Map(definition.nodes.map((node) => [node.id, node]))
  return {
    // In the order of the flow, because that is the order in which Tab walks.
    nodes: sameOr(
      nodes,
      flowOrder(definition).flatMap((id) => {
        const node = byId.get(id)
        return node === undefined ? [] : [drawNode(node, oldNodes.get(id))]
      }),
    ),
    edges: sameOr(
      edges,
      definition.edges.map((edge) => {
        const old = oldEdges.get(edge.id)
        const loopMax = edge.loop?.maxIterations ?? null
        const isSame =
          old !== undefined &&
          old.source === edge.source &&
          old.target === edge.target &&
          old.sourceHandle === edge.sourcePort &&
          old.data?.loopMax === loopMax
        if (isSame) return old
        return {
          ...(old?.selected === true ? { selected: true } : {}),
          id: edge.id,
          type: 'channel' as const,
          source: edge.source,
          sourceHandle: edge.sourcePort,
          target: edge.target,
          targetHandle: 'in',
          data: { loopMax },
        }
      }),
    ),
  }
}

/** The old list where the new one holds the same, so that whoever selected it is not rendered. */
function sameOr<Item>(old: readonly Item[], now: Item[]): Item[] {
  const isSame = old.length === now.length && old.every((item, index) => item === now[index])
  return isSame ? (old as Item[]) : now
}

function drawNode(node: NodeInstance, old: StepNode | undefined): StepNode {
  if (old === undefined) return { id: node.id, type: 'step', position: node.position, data: noData }
  const isInPlace = old.position.x === node.position.x && old.position.y === node.position.y
  return isInPlace || old.dragging === true ? old : { ...old, position: node.position }
}
