import clsx from 'clsx'
import { type State, stateTable, toneClasses } from './state-table.ts'

function segmentClass(state: State): string {
  if (state === 'pending' || state === 'queued') return 'bg-line-strong'
  if (state === 'skipped') return 'border border-dashed border-line-control'
  return toneClasses[stateTable[state].tone].bar
}

/** One small bar per step, in the order of the flow. Above `max` steps they melt into one bar each way. */
export function SegmentBar({
  states,
  className,
  max = 24,
}: {
  states: readonly State[]
  className?: string
  max?: number
}) {
  const shown = states.slice(0, max)
  const counts = new Map<State, number>()
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1)
  const summary = [...counts].map(([state, count]) => `${count} ${stateTable[state].word.toLowerCase()}`).join(', ')
  return (
    <span
      role="img"
      aria-label={summary}
      title={summary}
      className={clsx('inline-flex items-center gap-[3px]', className)}
    >
      {shown.map((state, index) => (
        <span key={index} className={clsx('h-1.5 w-4 min-w-1 rounded-[2px]', segmentClass(state))} />
      ))}
    </span>
  )
}
