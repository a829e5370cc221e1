import { workflowLimits } from '@millrace/shared/graph/workflow-definition'
import { Repeat2, Trash2, X } from 'lucide-react'
import { defaultLoopBound, setLoop } from '../../stores/graph-commands.ts'
import { useGraph, useGraphStore } from '../../stores/graph-context.ts'
import { downstreamOf } from '../../stores/graph-order.ts'
import { outputPorts } from '../../stores/graph-ports.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Switch } from '../../ui/switch.tsx'
import type { BoardCommands } from '../board/board-commands.ts'
import { useBoardStore } from '../board/board-context.ts'
import { inspectorClass } from './inspector-class.ts'
import { NumberInput } from './widgets/number-input.tsx'

/** The chosen edge: where it leads, and whether it closes a loop. */
export function EdgeInspector({
  edgeId,
  commands,
  isEditable,
}: {
  edgeId: string
  commands: BoardCommands
  isEditable: boolean
}) {
  const graph = useGraphStore()
  const board = useBoardStore()
  const edge = useGraph((state) => state.definition.edges.find((candidate) => candidate.id === edgeId))
  const nodes = useGraph((state) => state.nodesById)
  const problems = useGraph((state) => state.problems)
  if (edge === undefined) return null
  const source = nodes.get(edge.source)
  const port =
    source === undefined ? undefined : outputPorts(source).find((candidate) => candidate.id === edge.sourcePort)
  const leadsBack = downstreamOf(graph.store.getState().definition, edge.target).has(edge.source)
  const own = problems.filter((problem) => problem.edgeId === edgeId)
  const set = (maxIterations: number | null) =>
    graph.change({ label: 'set up', key: `${edgeId}/loop` }, (definition) => setLoop(definition, edgeId, maxIterations))
  return (
    <aside aria-label="Edge" className={inspectorClass}>
      <header className="flex items-center gap-3 border-b px-4 py-3">
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-t3">
            {source?.name ?? edge.source} → {nodes.get(edge.target)?.name ?? edge.target}
          </h2>
          {port !== undefined && port.kind !== 'main' && <p className="text-small text-ink-2">from “{port.label}”</p>}
        </div>
        <IconButton
          label="Close"
          icon={<X />}
          size="small"
          kbd="Esc"
          onClick={() => board.set({ isInspectorOpen: false })}
        />
      </header>
      <div className="flex flex-col gap-4 p-4">
        {own.map((problem) => (
          <p key={problem.code} role="alert" className="rounded-control bg-failed-tint px-3 py-2 text-failed-text">
            {problem.message}
          </p>
        ))}
        {(leadsBack || edge.loop !== undefined) && (
          <>
            <div className="flex items-center gap-2 font-mid">
              <Repeat2 aria-hidden="true" className="size-4 text-ink-2" />
              <span className="flex-1">Closes a loop</span>
              <Switch
                aria-label="Closes a loop"
                checked={edge.loop !== undefined}
                disabled={!isEditable}
                onCheckedChange={(on) => set(on ? defaultLoopBound : null)}
              />
            </div>
            {edge.loop !== undefined && (
              <Field label="At most" help="After that many rounds the run goes on without it.">
                <NumberInput
                  value={edge.loop.maxIterations}
                  min={1}
                  max={workflowLimits.loopIterationsMax}
                  isInteger
                  unit="rounds"
                  disabled={!isEditable}
                  onChange={(value) => value !== null && set(value)}
                />
              </Field>
            )}
          </>
        )}
        {isEditable && (
          <Button variant="danger" icon={<Trash2 />} className="self-start" onClick={commands.removeSelected}>
            Delete
          </Button>
        )}
      </div>
    </aside>
  )
}
