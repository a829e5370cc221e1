import { useReactFlow } from '@xyflow/react'
import { useCallback, useEffect } from 'react'
import type { BoardCommands } from '../../canvas/board/board-commands.ts'
import { selectedNodeId, useBoard, useBoardStore } from '../../canvas/board/board-context.ts'
import { smallFitOptions } from '../../canvas/board/fit-options.ts'
import { FlowCanvas } from '../../canvas/board/flow-canvas.tsx'
import { ExecutionHeading } from '../../canvas/run/execution-heading.tsx'
import { FailurePanel } from '../../canvas/run/failure-panel.tsx'
import { LogTable } from '../../canvas/run/log-table.tsx'
import { PromptPanel } from '../../canvas/run/prompt-panel.tsx'
import { ResultPanel } from '../../canvas/run/result-panel.tsx'
import { StepPanel } from '../../canvas/run/step-panel.tsx'
import { Timeline } from '../../canvas/run/timeline.tsx'
import { useOpenQuestion } from '../../canvas/run/use-open-question.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph } from '../../stores/graph-context.ts'
import { ErrorPage } from '../../ui/error-page.tsx'
import { ExecutionBar } from './execution-bar.tsx'

/** Sentence, drawing, timeline and log at the left; what matters now at the right. Below each other on a phone. */
export function ExecutionLayout({ executionId, commands }: { executionId: string; commands: BoardCommands }) {
  const name = useGraph((graph) => graph.name)
  const error = useExecutionState((state) => state.error)
  const hasView = useExecutionState(({ view }) => view !== null)
  const { fitView } = useReactFlow()
  useEffect(() => {
    if (!hasView) return
    // The cards have grown by what they tell of the run, and are measured a frame later.
    const timer = setTimeout(() => void fitView(smallFitOptions), 60)
    return () => clearTimeout(timer)
  }, [hasView, fitView])
  if (error !== null && !hasView) {
    return (
      <ErrorPage title="This run cannot be shown" code={error.code}>
        {error.message}
      </ErrorPage>
    )
  }
  return (
    <>
      <ExecutionBar executionId={executionId} />
      <main className="min-h-0 flex-1 overflow-y-auto bg-paper">
        <div className="mx-auto flex max-w-[1720px] flex-col gap-3 p-4">
          <ExecutionHeading />
          <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_472px]">
            <div className="order-2 flex min-w-0 flex-col gap-3 xl:order-1">
              <div className="relative hidden h-[340px] overflow-hidden rounded-card border sm:flex">
                <FlowCanvas commands={commands} isEditable={false} label={`Canvas of the run of ${name}`} />
              </div>
              <TimelineCard />
              <section className="flex max-h-[460px] min-h-60 flex-col rounded-card border bg-surface shadow-card">
                <LogTable title="Log" />
              </section>
            </div>
            <div className="order-1 flex min-w-0 flex-col gap-3 xl:order-2">
              <Focus />
            </div>
          </div>
        </div>
      </main>
    </>
  )
}

function TimelineCard() {
  const board = useBoardStore()
  return (
    <div className="rounded-card border bg-surface pt-1 shadow-card">
      <Timeline
        onSelect={(nodeId) => {
          board.select({ nodeIds: [nodeId] })
          board.set({ isInspectorOpen: true })
        }}
      />
    </div>
  )
}

/** What matters now: an open question, the step somebody chose, the failure, the results. */
function Focus() {
  const board = useBoardStore()
  const question = useOpenQuestion()
  const close = useCallback(() => board.set({ openRequestId: null }), [board])
  const isChosen = useBoard((state) => state.isInspectorOpen)
  const chosen = useBoard(selectedNodeId)
  const failedNodeId = useExecutionState(({ view }) => view?.failedNodeId ?? null)
  const status = useExecutionState(({ view }) => view?.status ?? null)
  return (
    <>
      {question !== null && (
        <div className="[&>aside]:static [&>aside]:m-0 [&>aside]:max-h-none [&>aside]:w-full">
          <PromptPanel key={question.requestId} prompt={question} onClose={close} />
        </div>
      )}
      {isChosen && chosen !== null && chosen !== failedNodeId && <StepPanel nodeId={chosen} />}
      {status === 'failed' && <FailurePanel />}
      <ResultPanel />
    </>
  )
}
