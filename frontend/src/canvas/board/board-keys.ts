import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import type { KeyboardEvent } from 'react'
import { outputPorts } from '../../stores/graph-ports.ts'
import type { GraphStore } from '../../stores/graph-store.ts'
import { isTyping } from '../../ui/is-typing.ts'
import { cardWidth } from '../card/card-measures.ts'
import type { BoardCommands } from './board-commands.ts'
import { selectedNodeIds } from './board-context.ts'
import type { Board } from './board-store.ts'

export type Direction = 'left' | 'right' | 'up' | 'down'

const arrows: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' }

/**
 * The step an arrow key leads to. Right and left follow the flow; where no edge leads on, and up and down, it is the
 * nearest step on that side.
 */
export function neighbourOf(definition: WorkflowDefinition, nodeId: string, direction: Direction): string | null {
  const here = definition.nodes.find((node) => node.id === nodeId)
  if (here === undefined) return null
  const linked = definition.edges.flatMap((edge) => {
    if (edge.loop !== undefined) return []
    if (direction === 'right' && edge.source === nodeId) return [edge.target]
    return direction === 'left' && edge.target === nodeId ? [edge.source] : []
  })
  const isVertical = direction === 'up' || direction === 'down'
  const sign = direction === 'right' || direction === 'down' ? 1 : -1
  const candidates = definition.nodes.filter((node) => {
    if (node.id === nodeId) return false
    if (linked.length > 0) return linked.includes(node.id)
    const along = isVertical ? node.position.y - here.position.y : node.position.x - here.position.x
    return along * sign > (isVertical ? 24 : cardWidth / 2)
  })
  const distance = (node: (typeof candidates)[number]) => {
    const dx = Math.abs(node.position.x - here.position.x)
    const dy = Math.abs(node.position.y - here.position.y)
    // What lies straight ahead is nearer than what lies aside.
    return isVertical ? dx * 3 + dy : dx + dy * 3
  }
  return candidates.sort((a, b) => distance(a) - distance(b))[0]?.id ?? null
}

/** Puts the keyboard on a step. */
export function focusStep(nodeId: string): void {
  document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(nodeId)}"]`)?.focus()
}

interface BoardKeyDeps {
  graph: GraphStore
  board: Board
  commands: BoardCommands
  isEditable: boolean
}

/** Keys on the canvas. Tab walks by itself, for steps stand in the document in the order of the flow. */
export function handleBoardKey(event: KeyboardEvent, { graph, board, commands, isEditable }: BoardKeyDeps): void {
  if (isTyping(event.target) || event.altKey) return
  const onStep =
    event.target instanceof HTMLElement ? event.target.closest('.react-flow__node')?.getAttribute('data-id') : null
  const nodeId = onStep ?? [...selectedNodeIds(board.store.getState())][0] ?? null
  const { definition, nodesById } = graph.store.getState()
  const withCommand = event.metaKey || event.ctrlKey
  const direction = arrows[event.key]

  if (direction !== undefined && nodeId !== null && !withCommand) {
    event.preventDefault()
    const next = neighbourOf(definition, nodeId, direction)
    if (next === null) return
    board.select({ nodeIds: [next] })
    return focusStep(next)
  }
  if ((event.key === 'Enter' || event.key === ' ') && !withCommand && onStep != null && !isButton(event.target)) {
    event.preventDefault()
    board.select({ nodeIds: [onStep] })
    return board.set({ isInspectorOpen: true })
  }
  if (event.key === 'Escape') {
    board.set({ isInspectorOpen: false })
    return board.select({})
  }
  if (!isEditable) return
  if (event.key === 'Delete' || event.key === 'Backspace') {
    event.preventDefault()
    return commands.removeSelected()
  }
  if (event.key.toLowerCase() === 'e' && !withCommand && nodeId !== null) {
    const node = nodesById.get(nodeId)
    if (node === undefined) return
    const ports = outputPorts(node)
    const free = ports.find(
      (port) => !definition.edges.some((edge) => edge.source === nodeId && edge.sourcePort === port.id),
    )
    const port = free ?? ports[0]
    if (port === undefined) return
    event.preventDefault()
    const at = { x: node.position.x + cardWidth + 96, y: node.position.y }
    board.set({ search: { at, from: { nodeId, portId: port.id }, into: null, offersExisting: true } })
  }
}

function isButton(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a') !== null
}
