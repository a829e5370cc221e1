import type { LogEntry } from '@millrace/shared/engine/execution-view'
import clsx from 'clsx'
import { CircleX, Copy, Search, TriangleAlert } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useExecutionState } from '../../stores/execution-store.ts'
import { Chip } from '../../ui/chip.tsx'
import { copyText } from '../../ui/copy-text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Input } from '../../ui/input.tsx'
import { exactTime } from '../../ui/time-words.ts'
import { toast } from '../../ui/toast.tsx'
import { clockText, filterLog, type LogFilter, levelLook, logText } from './log-lines.ts'
import { useStepNames } from './use-names.ts'

const noLines: readonly LogEntry[] = []

/** The log of the run shown: by level, by words, newest first. `nodeId`: of one step, without its name in each row. */
export function LogTable({ nodeId, title }: { nodeId?: string; title?: string }) {
  const log = useExecutionState(({ view }) => view?.log ?? noLines)
  const { nameOf } = useStepNames()
  const [filter, setFilter] = useState<LogFilter>('all')
  const [search, setSearch] = useState('')
  const ofStep = nodeId === undefined ? log : log.filter((entry) => entry.nodeId === nodeId)
  const lines = filterLog(useDeferredValue(ofStep), { filter, search }, nameOf)
  const errors = ofStep.filter((entry) => entry.level === 'error').length
  const warnings = ofStep.filter((entry) => entry.level === 'warn').length
  return (
    <section aria-label="Log" className="flex min-h-0 flex-1 flex-col">
      <header className="flex flex-wrap items-center gap-2 px-4 py-2.5">
        {title !== undefined && <h2 className="mr-auto text-base">{title}</h2>}
        <Chip selected={filter === 'all'} count={ofStep.length} onClick={() => setFilter('all')}>
          All
        </Chip>
        <Chip
          selected={filter === 'error'}
          count={errors}
          icon={<CircleX className="text-failed-mark" />}
          onClick={() => setFilter('error')}
        >
          Errors
        </Chip>
        <Chip
          selected={filter === 'warn'}
          count={warnings}
          icon={<TriangleAlert className="text-retry-mark" />}
          onClick={() => setFilter('warn')}
        >
          Warnings
        </Chip>
        <Input
          size="small"
          className={nodeId === undefined ? 'max-w-44' : 'min-w-40 flex-1'}
          icon={<Search />}
          placeholder="Search the log"
          aria-label="Search the log"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <IconButton
          label="Copy these lines"
          size="small"
          icon={<Copy />}
          disabled={lines.length === 0}
          onClick={() =>
            void copyText(logText(lines.toReversed(), nameOf)).then((isDone) => {
              if (isDone) toast.done('Copied', { durationMs: 1500 })
            })
          }
        />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto border-t">
        <table className="w-full border-collapse">
          <tbody>
            {lines.map((entry) => (
              <tr key={entry.seq} className={clsx('border-b align-top', entry.level === 'error' && 'bg-failed-tint')}>
                <td
                  className="py-1 pr-2 pl-4 font-mono text-micro leading-5 whitespace-nowrap text-ink-2"
                  title={exactTime(entry.timestamp)}
                >
                  {clockText(entry.timestamp)}
                </td>
                <td className={clsx('px-2 py-1 text-small leading-5 font-mid', levelLook[entry.level].className)}>
                  {levelLook[entry.level].word}
                </td>
                {nodeId === undefined && (
                  <td className="max-w-44 truncate px-2 py-1 text-small leading-5 italic max-sm:hidden">
                    {entry.nodeId === null ? '' : nameOf(entry.nodeId)}
                  </td>
                )}
                <td className="w-full px-2 py-1 text-small leading-5 break-words">{entry.message}</td>
                <td className="py-1 pr-4 pl-2 text-right text-small leading-5 whitespace-nowrap text-ink-2">
                  {entry.attempt !== null && entry.attempt > 0 ? `attempt ${entry.attempt}` : ''}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {lines.length === 0 && (
          <p className="px-4 py-4 text-ink-2">
            {ofStep.length === 0 ? 'Nothing has been logged yet.' : 'No line fits.'}
          </p>
        )}
      </div>
    </section>
  )
}
