import type { ExecutionSummary } from '@millrace/shared/api/executions'
import { Activity } from 'lucide-react'
import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { describeError } from '../../api/describe-error.ts'
import { useExecutions } from '../../api/executions.ts'
import { useWorkflows } from '../../api/workflows.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Chip } from '../../ui/chip.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { usePageTitle } from '../../ui/page-title.ts'
import { QueryGate } from '../../ui/query-gate.tsx'
import { rowKeys } from '../../ui/row-keys.ts'
import { Select } from '../../ui/select.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import type { State } from '../../ui/state-table.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { ExecutionRow } from './execution-row.tsx'

/** Filters by state; several statuses may stand behind one word. */
const filters: readonly { id: string; label: string; glyph?: State; status?: string }[] = [
  { id: 'all', label: 'All' },
  { id: 'running', label: 'Running', glyph: 'running', status: 'queued,running' },
  { id: 'waiting', label: 'Waiting', glyph: 'waiting', status: 'waiting' },
  { id: 'paused', label: 'Paused', glyph: 'paused', status: 'paused' },
  { id: 'failed', label: 'Failed', glyph: 'failed', status: 'failed' },
  { id: 'completed', label: 'Done', glyph: 'completed', status: 'completed' },
  { id: 'cancelled', label: 'Cancelled', glyph: 'cancelled', status: 'cancelled' },
]

/** The select's word for no filter: its options may not be empty. */
const anyWorkflow = 'any'

export default function ExecutionsPage() {
  usePageTitle('Executions')
  const [params, setParams] = useSearchParams()
  const chosen = filters.find((filter) => filter.id === params.get('status')) ?? filters[0]
  const workflowId = params.get('workflow') ?? undefined
  const filter = useMemo(() => ({ workflowId, status: chosen?.status }), [workflowId, chosen?.status])
  const executions = useExecutions(filter)
  const workflows = useWorkflows().data ?? []
  const change = (name: string, value: string | null) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (value === null) next.delete(name)
        else next.set(name, value)
        return next
      },
      { replace: true },
    )
  const isFiltered = workflowId !== undefined || chosen?.status !== undefined

  return (
    <>
      <TopBar title="Executions" note="every run, newest first" />
      <main className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-[1120px] px-4 py-5">
          <div className="mb-3 flex flex-wrap items-center gap-2">
            {filters.map((item) => (
              <Chip
                key={item.id}
                selected={item.id === chosen?.id}
                icon={item.glyph === undefined ? undefined : <StateGlyph state={item.glyph} size={14} />}
                onClick={() => change('status', item.id === 'all' ? null : item.id)}
              >
                {item.label}
              </Chip>
            ))}
            <div className="ml-auto w-52 max-sm:ml-0 max-sm:w-full">
              <Select
                aria-label="Workflow"
                size="small"
                value={workflowId ?? anyWorkflow}
                onValueChange={(value) => change('workflow', value === anyWorkflow ? null : value)}
                options={[
                  { value: anyWorkflow, label: 'Any workflow' },
                  ...workflows.map(({ id, name }) => ({ value: id, label: name })),
                ]}
              />
            </div>
          </div>
          <QueryGate query={executions} what="the runs" describe={describeError}>
            {(data) => (
              <Runs
                items={data.pages.flatMap((page) => page.items)}
                isFiltered={isFiltered}
                onClear={() => setParams({}, { replace: true })}
              />
            )}
          </QueryGate>
          {executions.hasNextPage && (
            <div className="mt-4 flex justify-center">
              <Button onClick={() => void executions.fetchNextPage()} busy={executions.isFetchingNextPage}>
                {executions.isFetchingNextPage ? 'Reading older runs' : 'Show older runs'}
              </Button>
            </div>
          )}
        </div>
      </main>
    </>
  )
}

function Runs({
  items,
  isFiltered,
  onClear,
}: {
  items: readonly ExecutionSummary[]
  isFiltered: boolean
  onClear: () => void
}) {
  if (items.length > 0) {
    return (
      <div className="overflow-hidden rounded-card border bg-surface shadow-card">
        <div className="hidden grid-cols-[120px_1fr_150px_110px_80px] gap-4 border-b bg-sunk px-5 py-1.5 text-small text-ink-2 md:grid">
          <span>State</span>
          <span>Workflow</span>
          <span>Steps</span>
          <span>Started</span>
          <span className="text-right">Took</span>
        </div>
        <ul ref={rowKeys}>
          {items.map((execution) => (
            <ExecutionRow key={execution.executionId} execution={execution} />
          ))}
        </ul>
      </div>
    )
  }
  if (isFiltered) {
    return (
      <EmptyState title="No run fits these filters" action={<Button onClick={onClear}>Show all runs</Button>}>
        Choose another state or workflow.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={<Activity />}
      title="Nothing has run yet"
      action={
        <Link to="/workflows" className={buttonClass('primary')}>
          To the workflows
        </Link>
      }
    >
      Every run of a workflow is listed here, live while it works, and can be played back afterwards. Open a workflow
      and press Run.
    </EmptyState>
  )
}
