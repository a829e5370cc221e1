import { isFinished } from '@millrace/shared/engine/execution-view'
import clsx from 'clsx'
import { ChevronDown, ChevronUp, List, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph } from '../../stores/graph-context.ts'
import { flowOrder } from '../../stores/graph-order.ts'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { SegmentBar } from '../../ui/segment-bar.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { FollowingNote } from './following-note.tsx'
import { useRunClock } from './run-clock.ts'
import { runSentence, sentenceText } from './run-sentence.ts'
import { SentenceText } from './sentence-text.tsx'
import { useStepNames } from './use-names.ts'

export type RunPanel = 'closed' | 'timeline' | 'log'

export interface RunBarProps {
  panel: RunPanel
  onPanelChange: (panel: RunPanel) => void
  /** Takes the run off the canvas; absent while it goes on. */
  onClear?: (() => void) | undefined
  /** Shown while no run is. */
  idle: ReactNode
}

/** The foot of the canvas: how the run stands, at a glance and in one sentence. */
export function RunBar({ panel, onPanelChange, onClear, idle }: RunBarProps) {
  const isShown = useExecutionState(({ view }) => view !== null)
  const phase = useExecutionState((state) => state.phase)
  if (!isShown) {
    return (
      <footer className="flex h-11 shrink-0 items-center gap-3 border-t bg-surface px-4">
        {phase === 'none' ? idle : <FollowingNote />}
      </footer>
    )
  }
  const toggle = (next: RunPanel) => onPanelChange(panel === next ? 'closed' : next)
  return (
    <footer className="flex h-11 shrink-0 items-center gap-3 border-t bg-surface px-4" data-testid="run-bar">
      <Sentence />
      <div className="ml-auto flex shrink-0 items-center gap-3">
        <FollowingNote />
        <Segments />
        <span aria-hidden="true" className="h-5 w-px bg-line max-sm:hidden" />
        <Button
          variant="quiet"
          icon={<List />}
          aria-pressed={panel === 'log'}
          className="aria-pressed:bg-sunk"
          onClick={() => toggle('log')}
        >
          Log
        </Button>
        {onClear !== undefined && (
          <IconButton label="Take the run off the canvas" icon={<X />} side="top" onClick={onClear} />
        )}
        <IconButton
          label={panel === 'closed' ? 'Show the timeline' : 'Hide'}
          icon={panel === 'closed' ? <ChevronUp /> : <ChevronDown />}
          side="top"
          onClick={() => onPanelChange(panel === 'closed' ? 'timeline' : 'closed')}
        />
      </div>
    </footer>
  )
}

/** The sentence, ticking while the run goes on. */
function Sentence() {
  const view = useExecutionState((state) => state.view)
  const names = useStepNames()
  const now = useRunClock(view === null || isFinished(view.status) ? null : 1000)
  if (view === null) return null
  const sentence = runSentence(view, Math.max(now, view.startedAt ?? 0), names)
  return (
    <>
      <StateGlyph state={sentence.state} className={sentence.state === 'running' ? 'motion-safe:animate-turn' : ''} />
      <p
        className="min-w-0 truncate text-t3"
        title={sentenceText(sentence)}
        data-testid="run-sentence"
        data-state={view.status}
      >
        <SentenceText parts={sentence.parts} />
      </p>
      {sentence.asides.slice(0, 2).map((aside, index) => (
        <span
          key={index}
          className={clsx(
            'hidden h-[22px] min-w-0 items-center gap-1.5 truncate rounded-full border px-2 text-small lg:inline-flex',
            aside.state === 'retrying'
              ? 'border-retry-line bg-retry-tint text-retry-text [&_span]:text-retry-text'
              : 'border-waiting-line bg-waiting-tint text-waiting-text [&_span]:text-waiting-text',
          )}
        >
          <StateGlyph state={aside.state} size={13} />
          <SentenceText parts={aside.parts} />
        </span>
      ))}
      {/* Screen readers hear how the run stands, never its tokens or its clock. */}
      <span role="status" className="sr-only">
        {`Run: ${sentence.parts[0]?.text ?? ''}`}
      </span>
    </>
  )
}

function Segments() {
  const definition = useGraph((graph) => graph.definition)
  const states = useExecutionState(
    useShallow(({ view }) => flowOrder(definition).map((id) => view?.nodes[id]?.status ?? ('pending' as const))),
  )
  const progress = useExecutionState(({ view }) => view?.progress ?? null)
  return (
    <span className="hidden items-center gap-3 sm:flex">
      <SegmentBar states={states} />
      {progress !== null && progress.total > 0 && (
        <span className="text-small text-ink-2">
          {Math.min(progress.completed, progress.total)} of {progress.total}
        </span>
      )}
    </span>
  )
}
