import type { NodeInstance } from '@millrace/shared/graph/workflow-definition'
import {
  addEdge,
  addNode,
  createNode,
  defaultLoopBound,
  insertOnEdge,
  makeRoom,
  moveNodes,
  type Point,
  type PortRef,
  removeElements,
} from '../../stores/graph-commands.ts'
import { copyFragment, parseFragment, pasteFragment } from '../../stores/graph-fragment.ts'
import { outputPorts } from '../../stores/graph-ports.ts'
import type { GraphStore } from '../../stores/graph-store.ts'
import { toast } from '../../ui/toast.tsx'
import { layoutPositions } from './auto-layout.ts'
import { selectedNodeIds } from './board-context.ts'
import type { Board } from './board-store.ts'
import { judgeConnection } from './connection-rules.ts'

export interface NewStep {
  type: string
  at: Point
  from?: PortRef | null
  /** Step that the new one leads to. */
  into?: string | null
  /** Edge that the new one is put on. */
  onEdge?: string | null
}

export interface BoardCommands {
  add: (step: NewStep) => void
  connect: (source: string, sourcePort: string, target: string) => void
  putOnEdge: (nodeId: string, edgeId: string) => void
  removeSelected: () => void
  moved: (positions: ReadonlyMap<string, Point>) => void
  layout: () => void
  /** The selected steps as text for the clipboard; null when none is. */
  copy: () => string | null
  /** Adds the steps of a clipboard's text; false for any other text. */
  paste: (text: string, at: Point) => boolean
  duplicate: () => void
  selectAll: () => void
}

/** Longest way of a step when the layout is made anew, in milliseconds. */
const layoutMs = 180

/** What a person can do to the drawing, whichever way: mouse, keys, palette or menu. */
export function createBoardCommands(graph: GraphStore, board: Board): BoardCommands {
  const definition = () => graph.store.getState().definition
  const show = () => board.show(definition())

  function add({ type, at, from, into, onEdge }: NewStep) {
    let added: NodeInstance | null = null
    graph.change({ label: 'add' }, (before) => {
      const node = createNode(before, type, at)
      added = node
      if (onEdge != null) return makeRoom(insertOnEdge(before, onEdge, node), node.id)
      const after = addNode(before, node, from ?? undefined)
      const port = outputPorts(node)[0]
      return into == null || port === undefined
        ? after
        : addEdge(after, { source: node.id, sourcePort: port.id, target: into })
    })
    show()
    if (added !== null) {
      board.select({ nodeIds: [(added as NodeInstance).id] })
      board.set({ isInspectorOpen: true, tab: 'setup', search: null })
    }
  }

  function connect(source: string, sourcePort: string, target: string) {
    const verdict = judgeConnection(definition(), { source, sourcePort, target })
    if (verdict.kind === 'refused') {
      toast.info(verdict.reason, { id: 'connect' })
      return
    }
    const loop = verdict.kind === 'loop' ? { loop: { maxIterations: defaultLoopBound } } : {}
    graph.change({ label: 'connect' }, (before) => addEdge(before, { source, sourcePort, target, ...loop }))
    show()
    if (verdict.kind !== 'loop') return
    const edge = definition().edges.at(-1)
    toast.info('This closes a loop', {
      id: 'connect',
      description: `It runs at most ${defaultLoopBound} rounds.`,
      action: {
        label: 'Change',
        onClick: () => {
          if (edge !== undefined) board.select({ edgeIds: [edge.id] })
          board.set({ isInspectorOpen: true })
        },
      },
    })
  }

  function removeSelected() {
    const state = board.store.getState()
    const nodeIds = selectedNodeIds(state)
    const edgeIds = new Set(state.edges.filter((edge) => edge.selected === true).map((edge) => edge.id))
    if (nodeIds.size + edgeIds.size === 0) return
    graph.change({ label: 'delete' }, (before) => removeElements(before, { nodeIds, edgeIds }))
    show()
  }

  function layout() {
    if (definition().nodes.length === 0) return
    const from = new Map(definition().nodes.map((node) => [node.id, node.position]))
    const to = layoutPositions(definition())
    graph.change({ label: 'lay out' }, (before) => moveNodes(before, to))
    glide(board, from, to, show)
  }

  function paste(text: string, at: Point): boolean {
    const fragment = parseFragment(text)
    if (fragment === null) return false
    let pasted: string[] = []
    graph.change({ label: 'paste' }, (before) => {
      const result = pasteFragment(before, fragment, at)
      pasted = result.nodeIds
      return result.definition
    })
    show()
    board.select({ nodeIds: pasted })
    return true
  }

  const copy = () => copyFragment(definition(), selectedNodeIds(board.store.getState()))

  return {
    add,
    connect,
    removeSelected,
    layout,
    copy,
    paste,
    putOnEdge(nodeId, edgeId) {
      const node = graph.store.getState().nodesById.get(nodeId)
      if (node === undefined) return
      graph.change({ label: 'insert', key: 'move' }, (before) => makeRoom(insertOnEdge(before, edgeId, node), node.id))
      show()
    },
    moved(positions) {
      graph.change({ label: 'move', key: 'move' }, (before) => moveNodes(before, positions))
      show()
    },
    duplicate() {
      const text = copy()
      const chosen = selectedNodeIds(board.store.getState())
      const places = definition()
        .nodes.filter((node) => chosen.has(node.id))
        .map((node) => node.position)
      if (text === null) return
      paste(text, { x: Math.min(...places.map(({ x }) => x)) + 40, y: Math.min(...places.map(({ y }) => y)) + 80 })
    },
    selectAll: () => board.select({ nodeIds: definition().nodes.map((node) => node.id) }),
  }
}

/** Edge that is under a point of the screen; null where there is none. */
export function edgeAt(point: { x: number; y: number }): string | null {
  for (const element of document.elementsFromPoint(point.x, point.y)) {
    const id = element.closest('.react-flow__edge')?.getAttribute('data-id')
    if (id != null) return id
  }
  return null
}

/** Step that is under a point of the screen; null where there is none. */
export function stepAt(point: { x: number; y: number }): string | null {
  for (const element of document.elementsFromPoint(point.x, point.y)) {
    const id = element.closest('.react-flow__node')?.getAttribute('data-id')
    if (id != null) return id
  }
  return null
}

/** Moves steps to their new places where motion is wanted; the drawing itself has them already. */
function glide(board: Board, from: ReadonlyMap<string, Point>, to: ReadonlyMap<string, Point>, done: () => void): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return done()
  const began = performance.now()
  const frame = (now: number) => {
    const part = Math.min(1, (now - began) / layoutMs)
    const eased = 1 - (1 - part) ** 3
    const places = new Map<string, Point>()
    for (const [id, end] of to) {
      const start = from.get(id) ?? end
      places.set(id, { x: start.x + (end.x - start.x) * eased, y: start.y + (end.y - start.y) * eased })
    }
    board.place(places)
    if (part < 1) requestAnimationFrame(frame)
    else done()
  }
  requestAnimationFrame(frame)
}
