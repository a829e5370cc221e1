import '../canvas.css'
import {
  Background,
  BackgroundVariant,
  type EdgeTypes,
  MiniMap,
  type NodeTypes,
  type OnConnectEnd,
  type OnNodeDrag,
  ReactFlow,
  useReactFlow,
  type Viewport,
} from '@xyflow/react'
import { type DragEvent, type MouseEvent, useCallback, useContext, useEffect, useMemo, useRef } from 'react'
import { ExecutionContext } from '../../stores/execution-store.ts'
import { useGraphStore } from '../../stores/graph-context.ts'
import { inputPortY } from '../card/card-measures.ts'
import { openPromptOf } from '../card/open-prompt.ts'
import { StepCard } from '../card/step-card.tsx'
import { AddSearch } from '../palette/add-search.tsx'
import { stepDragType } from '../palette/palette-drawer.tsx'
import { type BoardCommands, edgeAt, stepAt } from './board-commands.ts'
import { useBoard, useBoardStore } from './board-context.ts'
import { handleBoardKey } from './board-keys.ts'
import type { ChannelEdge as ChannelEdgeType, StepNode } from './board-store.ts'
import { ChannelEdge } from './channel-edge.tsx'
import { judgeConnection } from './connection-rules.ts'
import { fitOptions, smallFitOptions } from './fit-options.ts'
import { GuideLines } from './guide-lines.tsx'
import { useBoardHotkeys } from './use-board-hotkeys.ts'
import { ZoomBar } from './zoom-bar.tsx'

// Outside the component: a new object would mount every card anew.
const nodeTypes: NodeTypes = { step: StepCard }
const edgeTypes: EdgeTypes = { channel: ChannelEdge }
/** The first sight needs no motion: nothing was anywhere else before. */
const firstFitOptions = { ...fitOptions, duration: 0 }
/** From here on a map helps to find one's way. */
const minimapFromNodes = 12

export interface FlowCanvasProps {
  commands: BoardCommands
  isEditable: boolean
  label: string
}

/** The paper: React Flow over the drawing. It owns pan, zoom and measured sizes; everything else is a command. */
export function FlowCanvas({ commands, isEditable, label }: FlowCanvasProps) {
  const graph = useGraphStore()
  const board = useBoardStore()
  const execution = useContext(ExecutionContext)
  const flow = useReactFlow<StepNode, ChannelEdgeType>()
  const wrapper = useRef<HTMLDivElement>(null)
  const pointer = useRef({ x: 0, y: 0 })
  const nodes = useBoard((state) => state.nodes)
  const edges = useBoard((state) => state.edges)

  // The drawing may change from elsewhere: undo, the inspector, a newer version from the server.
  useEffect(
    () =>
      graph.store.subscribe((state, before) => {
        if (state.definition !== before.definition) board.show(state.definition)
      }),
    [graph, board],
  )

  const openSearch = useCallback(
    (point: { x: number; y: number }) => {
      const at = flow.screenToFlowPosition(point)
      board.set({ search: { at, from: null, into: null, offersExisting: false } })
    },
    [board, flow],
  )
  useBoardHotkeys({ graph, board, commands, isEditable, pointer, wrapper, openSearch })

  const handleDragStop = useCallback<OnNodeDrag<StepNode>>(
    (event, node, dragged) => {
      const { dropEdgeId } = board.store.getState()
      board.set({ guides: null, dropEdgeId: null })
      const positions = new Map(
        board.store
          .getState()
          .nodes.filter((one) => dragged.some(({ id }) => id === one.id))
          .map((one) => [one.id, one.position]),
      )
      commands.moved(positions)
      if (dropEdgeId !== null && dragged.length === 1) commands.putOnEdge(node.id, dropEdgeId)
      void event
    },
    [board, commands],
  )

  const handleDrag = useCallback<OnNodeDrag<StepNode>>(
    (event, node, dragged) => {
      const point = 'clientX' in event ? { x: event.clientX, y: event.clientY } : null
      const isLoose = dragged.length === 1 && !edgesTouch(graph.store.getState().definition.edges, node.id)
      const dropEdgeId = point !== null && isLoose && isEditable ? edgeAt(point) : null
      if (dropEdgeId !== board.store.getState().dropEdgeId) board.set({ dropEdgeId })
    },
    [board, graph, isEditable],
  )

  const handleConnectEnd = useCallback<OnConnectEnd>(
    (event, state) => {
      if (state.isValid === true || state.fromHandle === null || state.fromNode === null) return
      const { clientX, clientY } =
        'changedTouches' in event ? (event.changedTouches[0] ?? { clientX: 0, clientY: 0 }) : event
      // Let go over a card rather than over its port: that is meant, too. A refusal says why.
      const onCard = stepAt({ x: clientX, y: clientY })
      if (onCard !== null) {
        if (onCard === state.fromNode.id) return
        if (state.fromHandle.type === 'source')
          commands.connect(state.fromNode.id, state.fromHandle.id ?? 'out', onCard)
        return
      }
      const { x, y } = flow.screenToFlowPosition({ x: clientX, y: clientY })
      const isForward = state.fromHandle.type === 'source'
      board.set({
        search: {
          at: { x: isForward ? x : x - 248, y: y - inputPortY },
          from: isForward ? { nodeId: state.fromNode.id, portId: state.fromHandle.id ?? 'out' } : null,
          into: isForward ? null : state.fromNode.id,
          offersExisting: false,
        },
      })
    },
    [board, commands, flow],
  )

  const isOffered = (event: DragEvent) => isEditable && event.dataTransfer.types.includes(stepDragType)
  const handlers = useMemo(
    () => ({
      onMove: (_event: unknown, viewport: Viewport) =>
        wrapper.current?.style.setProperty('--canvas-zoom', String(viewport.zoom)),
      onPaneClick: () => board.set({ isInspectorOpen: false, search: null }),
      onNodeClick: (event: MouseEvent, node: StepNode) => {
        if (event.shiftKey || event.metaKey || event.ctrlKey) return
        // A waiting step shows its question, any other one itself; answers begun are kept.
        const question = openPromptOf(execution?.store.getState().view?.prompts, node.id)
        board.set({ isInspectorOpen: true, openRequestId: question?.requestId ?? null })
      },
      onEdgeClick: () => board.set({ isInspectorOpen: true }),
    }),
    [board, execution],
  )

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys and drops are for the paper as a whole; each step on it is a control of its own
    <section
      ref={wrapper}
      aria-label={label}
      className="millrace-canvas relative min-h-0 min-w-0 flex-1"
      onPointerMove={(event) => {
        pointer.current = { x: event.clientX, y: event.clientY }
      }}
      onKeyDown={(event) => handleBoardKey(event, { graph, board, commands, isEditable })}
      onDoubleClick={(event) => {
        const isPaper = event.target instanceof Element && event.target.classList.contains('react-flow__pane')
        if (isPaper && isEditable) openSearch({ x: event.clientX, y: event.clientY })
      }}
      onDragOver={(event) => {
        if (!isOffered(event)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
        const dropEdgeId = edgeAt({ x: event.clientX, y: event.clientY })
        if (dropEdgeId !== board.store.getState().dropEdgeId) board.set({ dropEdgeId })
      }}
      onDrop={(event) => {
        if (!isOffered(event)) return
        event.preventDefault()
        const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
        const onEdge = board.store.getState().dropEdgeId
        board.set({ dropEdgeId: null })
        commands.add({ type: event.dataTransfer.getData(stepDragType), at: { x: x - 124, y: y - inputPortY }, onEdge })
      }}
    >
      <ReactFlow<StepNode, ChannelEdgeType>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={board.onNodesChange}
        onEdgesChange={board.onEdgesChange}
        onNodeDrag={handleDrag}
        onNodeDragStop={handleDragStop}
        onConnect={({ source, sourceHandle, target }) => commands.connect(source, sourceHandle ?? 'out', target)}
        onConnectEnd={handleConnectEnd}
        isValidConnection={({ source, sourceHandle, target }) =>
          judgeConnection(graph.store.getState().definition, { source, sourcePort: sourceHandle ?? 'out', target })
            .kind !== 'refused'
        }
        {...handlers}
        nodesDraggable={isEditable}
        nodesConnectable={isEditable}
        edgesReconnectable={false}
        deleteKeyCode={null}
        disableKeyboardA11y
        zoomOnDoubleClick={false}
        selectNodesOnDrag={false}
        multiSelectionKeyCode={['Meta', 'Control', 'Shift']}
        selectionKeyCode="Shift"
        panOnScroll
        minZoom={0.2}
        maxZoom={2}
        snapToGrid
        snapGrid={[4, 4]}
        connectionRadius={24}
        fitView
        fitViewOptions={isEditable ? firstFitOptions : smallFitOptions}
        proOptions={{ hideAttribution: false }}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={2} color="var(--grid)" />
        {nodes.length >= minimapFromNodes && (
          <MiniMap position="bottom-right" pannable zoomable ariaLabel="Map of the steps" />
        )}
        <ZoomBar commands={commands} isEditable={isEditable} />
        {isEditable && <AddSearch commands={commands} />}
      </ReactFlow>
      <GuideLines />
    </section>
  )
}

function edgesTouch(edges: readonly { source: string; target: string }[], nodeId: string): boolean {
  return edges.some((edge) => edge.source === nodeId || edge.target === nodeId)
}
