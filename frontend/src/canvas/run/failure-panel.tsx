import { isErrorCode } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import { Settings2 } from 'lucide-react'
import { Link } from 'react-router'
import { useMay } from '../../api/rights.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph } from '../../stores/graph-context.ts'
import { buttonClass } from '../../ui/button.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { AttemptsTable } from '../inspector/attempts-table.tsx'
import { RunAgain } from './run-again.tsx'

/** Why the run failed: the reason, its code, what to do now, and every try compared. */
export function FailurePanel() {
  const nodeId = useExecutionState(({ view }) => view?.failedNodeId ?? null)
  const node = useExecutionState(({ view }) => (nodeId === null ? null : (view?.nodes[nodeId] ?? null)))
  const error = useExecutionState(({ view }) => view?.error ?? null) ?? node?.error ?? null
  const startedAt = useExecutionState(({ view }) => view?.startedAt ?? null)
  const workflowId = useGraph((graph) => graph.workflowId)
  const name = useGraph((graph) => (nodeId === null ? null : (graph.nodesById.get(nodeId)?.name ?? nodeId)))
  const mayRun = useMay('run')
  const mayEdit = useMay('edit')
  if (error === null) return null
  const details = Object.entries(error.details ?? {})
  return (
    <section aria-label="Failure" className="overflow-hidden rounded-card border bg-surface shadow-card">
      <div className="border-b border-l-[3px] border-l-failed-mark px-5 py-4">
        <div className="flex items-center gap-2.5">
          <StateGlyph state="failed" size={18} />
          <h3 className="min-w-0 flex-1 truncate text-t3">
            {name === null ? 'The run' : <em>{name}</em>} {deed(error.code)}
          </h3>
          <code className="font-mono text-small text-ink-2">{error.code}</code>
        </div>
        <p className="mt-2 break-words whitespace-pre-wrap">{error.message}</p>
        <p className="mt-1 text-ink-2">{advice(error.code)}</p>
        <div className="mt-3 flex flex-wrap gap-2 empty:hidden">
          {mayRun && <RunAgain variant="primary" />}
          {nodeId !== null && mayEdit && (
            <Link to={`/workflows/${workflowId}?step=${encodeURIComponent(nodeId)}`} className={buttonClass('plain')}>
              <Settings2 />
              Change the step
            </Link>
          )}
        </div>
      </div>
      <div className="flex flex-col gap-4 px-5 py-4 empty:hidden">
        {node !== null && node.attempts.length > 0 && <AttemptsTable node={node} startedAt={startedAt} />}
        {details.length > 0 && (
          <div>
            <h4 className="mb-1 text-base">What came back</h4>
            <dl className="overflow-x-auto rounded-control border bg-sunk p-2.5 font-mono text-micro leading-5">
              {details.map(([key, value]) => (
                <div key={key} className="flex gap-2">
                  <dt className="shrink-0 text-ink-2">{key}:</dt>
                  <dd className="break-all whitespace-pre-wrap">
                    {typeof value === 'string' ? value : JSON.stringify(value)}
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        )}
      </div>
    </section>
  )
}

function deed(code: string): string {
  if (code === 'RUN_BLOCKED') return 'blocked the run'
  return code === 'RUN_STOPPED' ? 'ended the run' : 'failed'
}

/** What to do now, as far as the kind of error says. */
function advice(code: string): string {
  if (code === 'RUN_BLOCKED' || code === 'RUN_STOPPED')
    return 'The step did what it is there for. Mend what the reason names, then run it again.'
  if (!isErrorCode(code)) return 'Look at the log for what went before.'
  return errorCatalogue[code].retryable
    ? 'This can pass by itself. Run it again when the other side is back, or give the step more attempts.'
    : 'Trying the same again would fail the same way. Change the step, then run it again.'
}
