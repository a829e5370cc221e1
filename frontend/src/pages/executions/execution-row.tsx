import type { ExecutionSummary } from '@millrace/shared/api/executions'
import { isFinished } from '@millrace/shared/engine/execution-view'
import { Link } from 'react-router'
import { Duration } from '../../ui/duration.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StateLabel } from '../../ui/state-chip.tsx'
import { stateTable } from '../../ui/state-table.ts'

export function ExecutionRow({ execution }: { execution: ExecutionSummary }) {
  const {
    executionId,
    workflowName,
    workflowVersion,
    status,
    totalNodes,
    completedNodes,
    startedByName,
    error,
    createdAt,
    duration,
  } = execution
  const isOver = isFinished(status)
  return (
    <li className="border-b last:border-b-0">
      <Link
        to={`/executions/${executionId}`}
        data-row
        className="grid min-h-14 grid-cols-[1fr_auto] items-center gap-x-4 gap-y-0.5 px-5 py-2 transition-colors hover:bg-hover focus-visible:-outline-offset-2 md:grid-cols-[120px_1fr_150px_110px_80px]"
      >
        <StateLabel state={status} className="max-md:order-2 max-md:justify-self-end" />
        <span className="min-w-0 max-md:order-1">
          <span className="block truncate font-mid">{workflowName}</span>
          <span className="block truncate text-small text-ink-2">
            {error === undefined ? (
              <>
                <span className="font-mono">{executionId.slice(0, 13)}</span> · v{workflowVersion} · {startedByName}
              </>
            ) : (
              <span className="text-failed-text" title={error.message}>
                {error.message}
              </span>
            )}
          </span>
        </span>
        <span className="flex items-center gap-2 text-small text-ink-2 max-md:order-3">
          <ProgressBar
            percentage={totalNodes === 0 ? 0 : (completedNodes / totalNodes) * 100}
            tone={stateTable[status].tone}
            label={`${workflowName}: ${completedNodes} of ${totalNodes} steps`}
            className="w-20"
          />
          {completedNodes} of {totalNodes}
        </span>
        <RelativeTime at={createdAt} className="text-small text-ink-2 max-md:order-4 max-md:text-right" />
        <span className="text-right text-small text-ink-2 max-md:hidden">
          <Duration {...(isOver ? { ms: duration ?? null } : { since: createdAt })} />
        </span>
      </Link>
    </li>
  )
}
