import type { Port } from '@millrace/shared/nodes/definition'
import { Handle, Position } from '@xyflow/react'
import clsx from 'clsx'
import { Plus } from 'lucide-react'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useBoard, useBoardStore } from '../board/board-context.ts'
import { type Water, waterOf } from '../board/channel-water.ts'
import { cardWidth, inputPortY, outputPortY } from './card-measures.ts'

/** The way in, at the left of the header. */
export function InputPort({ nodeId }: { nodeId: string }) {
  const edges = useBoard((board) => board.edges)
  const water = useExecutionState(({ view }): Water => {
    const into = edges.filter((edge) => edge.target === nodeId)
    const isReached = into.some((edge) => hasWater(waterOf(view, edge.id, endsOf(edge))))
    return isReached ? 'taken' : 'idle'
  })
  return (
    <Handle
      type="target"
      id="in"
      position={Position.Left}
      style={{ top: inputPortY }}
      data-water={water}
      aria-label="Way in"
    />
  )
}

/** The ways out, at the right of the header, each with its label and, while free, a button to go on from it. */
export function OutputPorts({
  nodeId,
  ports,
  y,
  isEditable,
}: {
  nodeId: string
  ports: readonly Port[]
  y: number
  isEditable: boolean
}) {
  return ports.map((port, index) => (
    <OutputPort
      key={port.id}
      nodeId={nodeId}
      port={port}
      top={outputPortY(index, ports.length)}
      at={{ y }}
      isEditable={isEditable}
      isLabelled={ports.length > 1 || port.kind !== 'main'}
    />
  ))
}

interface OutputPortProps {
  nodeId: string
  port: Port
  top: number
  at: { y: number }
  isEditable: boolean
  isLabelled: boolean
}

function OutputPort({ nodeId, port, top, isEditable, isLabelled }: OutputPortProps) {
  const edges = useBoard((board) => board.edges)
  const out = edges.filter((edge) => edge.source === nodeId && edge.sourceHandle === port.id)
  const water = useExecutionState(
    ({ view }): Water => strongest(out.map((edge) => waterOf(view, edge.id, endsOf(edge)))),
  )
  return (
    <>
      <Handle
        type="source"
        id={port.id}
        position={Position.Right}
        style={{ top }}
        data-water={water}
        aria-label={`Way out: ${port.label}`}
      />
      <div className="pointer-events-none absolute left-full flex -translate-y-1/2 items-center pl-3" style={{ top }}>
        {isLabelled && <PortLabel port={port} water={water} />}
        {isEditable && out.length === 0 && <FreePort nodeId={nodeId} port={port} top={top} />}
      </div>
    </>
  )
}

function PortLabel({ port, water }: { port: Port; water: Water }) {
  return (
    <span
      className={clsx(
        'h-[17px] max-w-24 truncate rounded-full border px-1.5 text-micro leading-[15px] whitespace-nowrap',
        hasWater(water)
          ? 'border-current-line bg-current-tint text-current-text'
          : 'border-line-strong bg-surface text-ink-2',
        water === 'not-taken' && 'border-dashed text-ink-3',
        port.kind === 'error' && !hasWater(water) && 'text-failed-text',
      )}
    >
      {port.label}
    </span>
  )
}

/** A short channel that leads nowhere yet, and the button at its end. */
function FreePort({ nodeId, port, top }: { nodeId: string; port: Port; top: number }) {
  const board = useBoardStore()
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={`Add a step after ${port.label}`}
      onClick={(event) => {
        event.stopPropagation()
        const node = board.store.getState().nodes.find((candidate) => candidate.id === nodeId)
        const { x, y } = node?.position ?? { x: 0, y: 0 }
        board.set({
          search: {
            at: { x: x + cardWidth + 96, y: y + top - inputPortY },
            from: { nodeId, portId: port.id },
            into: null,
            offersExisting: false,
          },
        })
      }}
      className={clsx(
        'nodrag pointer-events-auto ml-1 grid size-[14px] place-items-center rounded-chip border border-line-control bg-surface text-ink-2 transition-opacity group-hover/card:opacity-100 group-data-[selected=true]/card:opacity-100 hover:border-ink hover:text-ink',
        port.kind === 'main' && 'opacity-0',
      )}
    >
      <Plus aria-hidden="true" className="size-2.5" />
    </button>
  )
}

function endsOf(edge: { source: string; target: string; data?: { loopMax: number | null } | undefined }) {
  return { source: edge.source, target: edge.target, isLoop: (edge.data?.loopMax ?? null) !== null }
}

function hasWater(water: Water): boolean {
  return water === 'taken' || water === 'flowing'
}

function strongest(waters: readonly Water[]): Water {
  return (['flowing', 'taken', 'not-taken', 'empty'] as const).find((water) => waters.includes(water)) ?? 'idle'
}
