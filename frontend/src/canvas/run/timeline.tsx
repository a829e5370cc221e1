import { isFinished } from '@millrace/shared/engine/execution-view'
import clsx from 'clsx'
import { useLostAt } from '../../live/lost-at.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph } from '../../stores/graph-context.ts'
import { flowOrder } from '../../stores/graph-order.ts'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { durationWords } from '../../ui/time-words.ts'
import { useRunClock } from './run-clock.ts'
import { type TimelineBar, timelineBars, timelineLabels, timelineLength, timelineTicks } from './timeline-bars.ts'

const barColours: Record<TimelineBar['state'], string> = {
  running: 'bg-current-mark',
  completed: 'bg-done-mark',
  failed: 'bg-failed-mark',
  cancelled: 'bg-line-strong',
  waiting: 'bg-waiting-mark',
  instant: 'bg-done-mark',
}

/** When each step was at work: a row per step, a bar per attempt, dots for the waits between. */
export function Timeline({ onSelect }: { onSelect?: (nodeId: string) => void }) {
  const view = useExecutionState((state) => state.view)
  const definition = useGraph((graph) => graph.definition)
  const isLive = view !== null && !isFinished(view.status)
  const now = useRunClock(isLive ? 250 : null)
  const isAway = useLostAt() !== null
  if (view === null) return null
  const began = view.startedAt ?? view.createdAt ?? now
  const until = view.finishedAt ?? Math.max(now, began)
  const length = timelineLength(view, until)
  const percent = (ms: number) => `${Math.min(100, Math.max(0, (ms / length) * 100))}%`
  const byId = new Map(definition.nodes.map((node) => [node.id, node]))
  return (
    <section
      aria-label="Timeline"
      className="grid grid-cols-[minmax(110px,180px)_1fr] gap-x-4 overflow-y-auto px-4 pb-3 text-small"
    >
      <span />
      <div className="relative h-7">
        {timelineLabels(length, until - began).map((tick) => (
          <span
            key={tick}
            style={{ left: percent(tick) }}
            className="absolute top-1.5 -translate-x-1/2 whitespace-nowrap text-ink-2 first:translate-x-0"
          >
            {tick === 0 ? '0 s' : tickWords(tick)}
          </span>
        ))}
        <span
          style={{ left: percent(until - began) }}
          className="absolute top-1 z-10 flex h-[19px] -translate-x-1/2 items-center gap-1.5 rounded-full bg-ink px-2 text-micro font-mid whitespace-nowrap text-ink-inverse"
        >
          {isLive && !isAway && <span aria-hidden="true" className="size-1.5 rounded-full bg-current-mark" />}
          {isLive ? (isAway ? 'Offline' : 'Live') : 'End'} ·{' '}
          {isLive ? `${Math.floor((until - began) / 1000)} s` : durationWords(until - began)}
        </span>
      </div>
      <ul className="flex flex-col">
        {flowOrder(definition).map((id) => (
          <li key={id} className="flex h-5 items-center gap-2.5">
            <StateGlyph state={view.nodes[id]?.status ?? 'pending'} size={13} />
            {onSelect === undefined ? (
              <span className="truncate text-ink-2">{byId.get(id)?.name ?? id}</span>
            ) : (
              <button
                type="button"
                className="truncate text-left text-ink-2 hover:text-ink"
                onClick={() => onSelect(id)}
              >
                {byId.get(id)?.name ?? id}
              </button>
            )}
          </li>
        ))}
      </ul>
      <div className="relative">
        {timelineTicks(length).map((tick) => (
          <span
            key={tick}
            aria-hidden="true"
            style={{ left: percent(tick) }}
            className="absolute inset-y-0 w-px bg-line"
          />
        ))}
        <span
          aria-hidden="true"
          style={{ left: percent(until - began) }}
          className="absolute -top-2 bottom-0 w-0.5 -translate-x-1/2 bg-ink"
        />
        {flowOrder(definition).map((id) => {
          const node = view.nodes[id]
          return (
            <div key={id} className="relative h-5">
              {(node === undefined
                ? []
                : timelineBars(node, byId.get(id)?.type ?? '', { startedAt: began, now: until })
              ).map((bar, index) => (
                <Bar key={index} bar={bar} left={percent(bar.from)} width={percent(bar.to - bar.from)} />
              ))}
            </div>
          )
        })}
      </div>
    </section>
  )
}

function Bar({ bar, left, width }: { bar: TimelineBar; left: string; width: string }) {
  const isDots = bar.kind === 'wait' && bar.state === 'failed'
  return (
    <>
      <span
        title={bar.kind === 'due' ? 'next try' : durationWords(bar.to - bar.from)}
        style={{ left, width }}
        className={clsx(
          'absolute top-1/2 min-w-[3px] -translate-y-1/2',
          isDots && 'border-t-2 border-dotted border-retry-mark',
          bar.kind === 'due' && 'h-2 rounded-[3px] border border-dashed border-retry-mark',
          !isDots && bar.kind !== 'due' && `h-2 rounded-[3px] ${barColours[bar.state]}`,
        )}
      />
      {bar.label !== '' && (
        <span
          style={{ left: `calc(${left} + ${width} + 6px)` }}
          className="absolute top-0.5 z-10 bg-surface px-0.5 leading-4 whitespace-nowrap text-ink-2"
        >
          {bar.label}
        </span>
      )}
    </>
  )
}

function tickWords(ms: number): string {
  return ms < 1000 ? `${ms / 1000} s` : durationWords(ms).replace(/\.0 s$/, ' s')
}
