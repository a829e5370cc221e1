import { Panel, useStore as useFlow, useReactFlow } from '@xyflow/react'
import { LayoutGrid, Maximize, Minus, Plus, Redo2, Undo2 } from 'lucide-react'
import { useGraph, useGraphStore } from '../../stores/graph-context.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import type { BoardCommands } from './board-commands.ts'
import { fitOptions, smallFitOptions } from './fit-options.ts'

/** Zoom, fit, layout and undo, at the lower left. */
export function ZoomBar({ commands, isEditable }: { commands: BoardCommands; isEditable: boolean }) {
  const flow = useReactFlow()
  const percent = useFlow((state) => Math.round(state.transform[2] * 100))
  return (
    <Panel
      position="bottom-left"
      className="flex items-center gap-0.5 rounded-control border bg-surface p-0.5 shadow-card"
    >
      <IconButton
        label="Zoom out"
        icon={<Minus />}
        size="small"
        side="top"
        onClick={() => void flow.zoomOut({ duration: 120 })}
      />
      <button
        type="button"
        title="Zoom to 100 %"
        onClick={() => void flow.zoomTo(1, { duration: 120 })}
        className="h-[26px] min-w-12 rounded-chip text-small text-ink-2 hover:text-ink"
      >
        {percent} %
      </button>
      <IconButton
        label="Zoom in"
        icon={<Plus />}
        size="small"
        side="top"
        onClick={() => void flow.zoomIn({ duration: 120 })}
      />
      <Divider />
      <IconButton
        label="Show all steps"
        icon={<Maximize />}
        size="small"
        side="top"
        kbd="⇧1"
        onClick={() => void flow.fitView(isEditable ? fitOptions : { ...smallFitOptions, duration: 160 })}
      />
      {isEditable && (
        <>
          <IconButton label="Tidy up" icon={<LayoutGrid />} size="small" side="top" onClick={() => commands.layout()} />
          <Divider />
          <UndoButtons />
        </>
      )}
    </Panel>
  )
}

function Divider() {
  return <span aria-hidden="true" className="mx-1 h-4 w-px bg-line" />
}

function UndoButtons() {
  const graph = useGraphStore()
  const last = useGraph((state) => state.history.past.at(-1)?.label ?? null)
  const next = useGraph((state) => state.history.future[0]?.label ?? null)
  return (
    <>
      <IconButton
        label={last === null ? 'Undo' : `Undo: ${last}`}
        kbd="⌘Z"
        icon={<Undo2 />}
        size="small"
        side="top"
        disabled={last === null}
        onClick={() => graph.undo()}
      />
      <IconButton
        label={next === null ? 'Redo' : `Redo: ${next}`}
        kbd="⌘⇧Z"
        icon={<Redo2 />}
        size="small"
        side="top"
        disabled={next === null}
        onClick={() => graph.redo()}
      />
    </>
  )
}
