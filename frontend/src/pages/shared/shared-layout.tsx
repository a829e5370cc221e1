import type { OpenedShareLink } from '@millrace/shared/api/share-links'
import { useReactFlow } from '@xyflow/react'
import { useEffect, useState } from 'react'
import type { BoardCommands } from '../../canvas/board/board-commands.ts'
import { selectedNodeId, useBoard, useBoardStore } from '../../canvas/board/board-context.ts'
import { fitOptions } from '../../canvas/board/fit-options.ts'
import { FlowCanvas } from '../../canvas/board/flow-canvas.tsx'
import { ExecutionHeading } from '../../canvas/run/execution-heading.tsx'
import { FailurePanel } from '../../canvas/run/failure-panel.tsx'
import { LogTable } from '../../canvas/run/log-table.tsx'
import { ResultPanel } from '../../canvas/run/result-panel.tsx'
import { RunBar, type RunPanel } from '../../canvas/run/run-bar.tsx'
import { StepPanel } from '../../canvas/run/step-panel.tsx'
import { Timeline } from '../../canvas/run/timeline.tsx'
import { useConnectionState } from '../../live/live-context.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph } from '../../stores/graph-context.ts'
import { ConnectionGlyph } from '../../ui/connection-glyph.tsx'
import { ErrorPage } from '../../ui/error-page.tsx'
import { useIsPhone } from '../../ui/is-phone.ts'
import { useNow } from '../../ui/now.ts'
import { exactTime, untilWords } from '../../ui/time-words.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { WheelMark } from '../../ui/wheel-mark.tsx'

/** The canvas of a run and what it makes, with nothing to press but what shows more of it. */
export function SharedLayout({ link, commands }: { link: OpenedShareLink; commands: BoardCommands }) {
  const name = useGraph((graph) => graph.name)
  const error = useExecutionState((state) => state.error)
  const hasView = useExecutionState(({ view }) => view !== null)
  const [panel, setPanel] = useState<RunPanel>('timeline')
  const { fitView } = useReactFlow()
  const isPhone = useIsPhone()
  useEffect(() => {
    if (!hasView) return
    // The cards have grown by what they tell of the run, and are measured a frame later.
    const timer = setTimeout(() => void fitView({ ...fitOptions, minZoom: 0.4 }), 60)
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
    <div id="page" className="flex h-dvh flex-col">
      <TopBar
        crumbs={
          <span className="flex items-center gap-2.5">
            <WheelMark size={22} /> Millrace
          </span>
        }
        title={name}
        note={<SharedBy link={link} />}
        actions={<Live />}
      />
      <main className="flex min-h-0 flex-1">
        {!isPhone && (
          <div className="relative flex min-w-0 flex-1">
            <FlowCanvas commands={commands} isEditable={false} label={`Canvas of the run of ${name}`} />
          </div>
        )}
        <div className="flex w-full min-w-0 flex-col gap-3 overflow-y-auto bg-paper p-4 empty:hidden sm:w-[400px] sm:border-l">
          {isPhone && <ExecutionHeading />}
          <Beside />
          {isPhone && <BelowEachOther />}
        </div>
      </main>
      {!isPhone && <RunBar panel={panel} onPanelChange={setPanel} idle={<></>} />}
      {!isPhone && hasView && panel !== 'closed' && (
        <div className="flex h-[224px] shrink-0 flex-col border-t bg-surface">
          {panel === 'timeline' ? <ChoosingTimeline /> : <LogTable />}
        </div>
      )}
    </div>
  )
}

/** The step that was chosen, why the run failed, what it makes. */
function Beside() {
  const isChosen = useBoard((state) => state.isInspectorOpen)
  const chosen = useBoard(selectedNodeId)
  const status = useExecutionState(({ view }) => view?.status ?? null)
  return (
    <>
      {isChosen && chosen !== null && <StepPanel nodeId={chosen} />}
      {status === 'failed' && <FailurePanel />}
      <ResultPanel />
    </>
  )
}

/** On a phone: when and what, under each other and without the drawing. */
function BelowEachOther() {
  return (
    <>
      <div className="shrink-0 rounded-card border bg-surface pt-1 shadow-card">
        <ChoosingTimeline />
      </div>
      <section className="flex max-h-96 min-h-60 shrink-0 flex-col rounded-card border bg-surface shadow-card">
        <LogTable title="Log" />
      </section>
    </>
  )
}

function ChoosingTimeline() {
  const board = useBoardStore()
  return (
    <Timeline
      onSelect={(nodeId) => {
        board.select({ nodeIds: [nodeId] })
        board.set({ isInspectorOpen: true })
      }}
    />
  )
}

function SharedBy({ link }: { link: OpenedShareLink }) {
  const now = useNow(60_000)
  return (
    <>
      Shared by {link.sharedByName}
      <span className="max-sm:hidden" title={exactTime(link.expiresAt)}>
        {' '}
        · to watch, {untilWords(link.expiresAt, now)}
      </span>
    </>
  )
}

/** Whether what is seen is as of now, in the place where others have their commands. */
function Live() {
  const { status } = useConnectionState()
  const hasEnded = useExecutionState(({ phase }) => phase === 'ended')
  if (hasEnded) return <span className="text-small text-ink-2">The run is over</span>
  const isLive = status === 'live'
  const isAway = status === 'offline' || status === 'stopped'
  const words = isLive ? 'Live' : isAway ? 'Offline' : status === 'catching-up' ? 'Catching up' : 'Connecting'
  return (
    <span data-connection={status} className="flex items-center gap-1.5 text-small text-ink-2">
      <ConnectionGlyph
        shape={isLive ? 'live' : isAway ? 'away' : 'turning'}
        size={16}
        className={isLive ? 'text-current-mark' : isAway ? 'text-failed-mark' : 'text-retry-mark'}
      />
      {words}
    </span>
  )
}
