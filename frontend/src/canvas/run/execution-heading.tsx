import { isFinished } from '@millrace/shared/engine/execution-view'
import { useShallow } from 'zustand/react/shallow'
import { shortJson } from '../../nodes/output-preview.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { exactTime, startOfDay } from '../../ui/time-words.ts'
import { FollowingNote } from './following-note.tsx'
import { useRunClock } from './run-clock.ts'
import { runSentence, sentenceText } from './run-sentence.ts'
import { SentenceText } from './sentence-text.tsx'
import { useStepNames } from './use-names.ts'

/** How the run stands, in one sentence, and how it came about, in another. */
export function ExecutionHeading() {
  const view = useExecutionState((state) => state.view)
  const names = useStepNames()
  const now = useRunClock(view === null || isFinished(view.status) ? null : 1000)
  if (view === null) {
    return (
      <header className="flex h-14 flex-col gap-2">
        <Skeleton className="h-6 w-96" />
        <Skeleton className="h-4 w-64" />
      </header>
    )
  }
  const sentence = runSentence(view, Math.max(now, view.startedAt ?? 0), names)
  return (
    <header className="flex gap-3">
      <StateGlyph
        state={sentence.state}
        size={20}
        className={sentence.state === 'running' ? 'mt-1 motion-safe:animate-turn' : 'mt-1'}
      />
      <div className="min-w-0">
        <h2 className="text-t2 font-text" data-testid="run-sentence" data-state={view.status}>
          <SentenceText parts={sentence.parts} />
        </h2>
        {sentence.asides.map((aside, index) => (
          <p
            key={index}
            className={
              aside.state === 'retrying'
                ? 'text-retry-text [&_span]:text-retry-text'
                : 'text-waiting-text [&_span]:text-waiting-text'
            }
          >
            <SentenceText parts={aside.parts} />
          </p>
        ))}
        <p className="mt-0.5 flex min-h-[22px] flex-wrap items-center gap-x-3 text-ink-2">
          <Origin />
          <FollowingNote />
        </p>
        <span role="status" className="sr-only">{`Run: ${sentenceText({ parts: sentence.parts.slice(0, 1) })}`}</span>
      </div>
    </header>
  )
}

/** "Started by Kim today at 14:02:11 · v7 · topic “spring price changes”". */
function Origin() {
  const { createdAt, who, version, input } = useExecutionState(
    useShallow(({ view }) => ({
      createdAt: view?.createdAt ?? null,
      who: view?.startedByName ?? null,
      version: view?.workflowVersion ?? null,
      input: view?.input ?? null,
    })),
  )
  const parts = [
    createdAt === null ? 'Not started' : `Started${who === null ? '' : ` by ${who}`} ${dayWords(createdAt)}`,
    ...(version === null ? [] : [`v${version}`]),
    ...inputWords(input),
  ]
  return <span title={createdAt === null ? undefined : exactTime(createdAt)}>{parts.join(' · ')}</span>
}

function dayWords(at: number): string {
  const time = new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const days = Math.round((startOfDay(Date.now()) - startOfDay(at)) / 86_400_000)
  if (days === 0) return `today at ${time}`
  if (days === 1) return `yesterday at ${time}`
  return `on ${new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' })} at ${time}`
}

/** The first field of the input; the rest is in the log and in the start step. */
function inputWords(input: unknown): string[] {
  if (typeof input !== 'object' || input === null) return []
  const [first] = Object.entries(input)
  if (first === undefined) return []
  const [name, value] = first
  return [
    `${name} ${typeof value === 'string' ? `“${value.length > 60 ? `${value.slice(0, 59)}…` : value}”` : shortJson(value, 60)}`,
  ]
}
