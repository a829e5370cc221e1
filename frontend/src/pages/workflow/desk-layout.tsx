import type { Execution } from '@millrace/shared/api/executions'
import type { Workflow } from '@millrace/shared/api/workflows'
import { isFinished } from '@millrace/shared/engine/execution-view'
import { useReactFlow } from '@xyflow/react'
import { Plus } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { BoardCommands } from '../../canvas/board/board-commands.ts'
import { useBoard, useBoardStore } from '../../canvas/board/board-context.ts'
import { fitOptions } from '../../canvas/board/fit-options.ts'
import { FlowCanvas } from '../../canvas/board/flow-canvas.tsx'
import { Inspector } from '../../canvas/inspector/inspector.tsx'
import { PaletteDrawer } from '../../canvas/palette/palette-drawer.tsx'
import { LogTable } from '../../canvas/run/log-table.tsx'
import { PromptPanel } from '../../canvas/run/prompt-panel.tsx'
import { RunBar, type RunPanel } from '../../canvas/run/run-bar.tsx'
import { Timeline } from '../../canvas/run/timeline.tsx'
import { useOpenQuestion } from '../../canvas/run/use-open-question.ts'
import { useRunNotices } from '../../canvas/run/use-run-notices.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph } from '../../stores/graph-context.ts'
import { Button } from '../../ui/button.tsx'
import { ConflictBanner } from './conflict-banner.tsx'
import { IdleSentence } from './idle-sentence.tsx'
import { rememberPalette } from './palette-memory.ts'
import { WorkflowBar } from './workflow-bar.tsx'

interface DeskLayoutProps {
  workflow: Workflow
  mayEdit: boolean
  commands: BoardCommands
  onSave: () => Promise<boolean>
  last: Execution | null
  onShowRun: (executionId: string | null) => void
}

/** Top bar, palette, canvas, inspector or question, and the run bar. */
export function DeskLayout({ workflow, mayEdit, commands, onSave, last, onShowRun }: DeskLayoutProps) {
  const board = useBoardStore()
  const flow = useReactFlow()
  const [panel, setPanel] = useState<RunPanel>('closed')
  const name = useGraph((graph) => graph.name)
  const isPaletteOpen = useBoard((state) => state.isPaletteOpen)
  const status = useExecutionState(({ view }) => view?.status ?? null)
  const isRunning = status !== null && !isFinished(status)
  const question = useOpenQuestion()
  const closeQuestion = useCallback(() => board.set({ openRequestId: null }), [board])
  const showStep = useCallback(
    (nodeId: string) => {
      board.select({ nodeIds: [nodeId] })
      board.set({ isInspectorOpen: true, tab: 'output', openRequestId: null })
    },
    [board],
  )
  useRunNotices(showStep)
  useAllInSight(status === null ? null : `${question?.requestId ?? ''}/${panel}`, flow.fitView)

  const setPalette = (isOpen: boolean) => {
    board.set({ isPaletteOpen: isOpen })
    rememberPalette(isOpen)
  }
  const addFromPalette = (type: string) => {
    const paper = document.querySelector('.millrace-canvas')?.getBoundingClientRect()
    const middle =
      paper === undefined ? { x: 0, y: 0 } : { x: paper.x + paper.width / 2 - 124, y: paper.y + paper.height / 2 - 28 }
    commands.add({
      type,
      at: freeSpot(
        flow.screenToFlowPosition(middle),
        board.store.getState().nodes.map((node) => node.position),
      ),
    })
  }

  return (
    <>
      <WorkflowBar workflow={workflow} onSave={onSave} onShowRun={onShowRun} />
      <ConflictBanner />
      <div className="relative flex min-h-0 flex-1">
        {mayEdit && isPaletteOpen && !isRunning && (
          <PaletteDrawer onAdd={addFromPalette} onClose={() => setPalette(false)} />
        )}
        <div className="relative flex min-w-0 flex-1">
          <FlowCanvas commands={commands} isEditable={mayEdit} label={`Canvas of ${name}`} />
          {mayEdit && (!isPaletteOpen || isRunning) && (
            <Button
              icon={<Plus />}
              kbd="N"
              className="absolute top-3.5 left-4 z-10 shadow-card"
              onClick={() => setPalette(true)}
            >
              Add a step
            </Button>
          )}
        </div>
        {question === null ? (
          <Inspector commands={commands} isEditable={mayEdit} />
        ) : (
          <PromptPanel key={question.requestId} prompt={question} onClose={closeQuestion} />
        )}
      </div>
      <RunBar
        panel={panel}
        onPanelChange={setPanel}
        onClear={isRunning ? undefined : () => onShowRun(null)}
        idle={<IdleSentence last={last} onShow={onShowRun} />}
      />
      {status !== null && panel !== 'closed' && (
        <div className="flex h-[224px] shrink-0 flex-col border-t bg-surface">
          {panel === 'timeline' ? <Timeline onSelect={showStep} /> : <LogTable />}
        </div>
      )}
    </>
  )
}

/** When a question or the timeline opens during a run, the canvas gets smaller: all steps are brought into sight again. */
function useAllInSight(cue: string | null, fitView: ReturnType<typeof useReactFlow>['fitView']): void {
  const last = useRef(cue)
  useEffect(() => {
    if (cue === last.current) return
    last.current = cue
    if (cue === null) return
    // After the layout has given the canvas its new width.
    const frame = requestAnimationFrame(() =>
      requestAnimationFrame(() => void fitView({ ...fitOptions, minZoom: 0.5 })),
    )
    return () => cancelAnimationFrame(frame)
  }, [cue, fitView])
}

/** A place that no step covers, to the lower right of the wanted one. */
function freeSpot(
  wanted: { x: number; y: number },
  taken: readonly { x: number; y: number }[],
): { x: number; y: number } {
  let spot = wanted
  // Each step can be in the way once.
  for (let tries = 0; tries <= taken.length; tries += 1) {
    const isCovered = taken.some((place) => Math.abs(place.x - spot.x) < 200 && Math.abs(place.y - spot.y) < 72)
    if (!isCovered) break
    spot = { x: spot.x + 24, y: spot.y + 84 }
  }
  return spot
}
