import type { Execution } from '@millrace/shared/api/executions'
import clsx from 'clsx'
import { ArrowUpRight } from 'lucide-react'
import { Link } from 'react-router'
import { useExecution } from '../../api/executions.ts'
import { SectionCard } from '../../ui/card.tsx'
import { Duration } from '../../ui/duration.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { stateTable } from '../../ui/state-table.ts'

type Step = Execution['nodes'][string] & { id: string }

/** Steps are shown from the start to the one that asks, and one beyond; more would only be counted. */
const stepsMax = 6

function stepsOf(execution: Execution, askingNodeId: string): Step[] {
  const steps = Object.entries(execution.nodes).map(([id, node]) => ({ id, ...node }))
  const begun = steps.filter((step) => step.startedAt !== undefined || step.id === askingNodeId)
  begun.sort((a, b) => (a.startedAt ?? Infinity) - (b.startedAt ?? Infinity))
  return begun.slice(-stepsMax)
}

/** The way of the run to the question, as a chain of steps. */
export function HowItGotHere({ executionId, nodeId }: { executionId: string; nodeId: string }) {
  const { data } = useExecution(executionId)
  const steps = data === undefined ? [] : stepsOf(data, nodeId)
  return (
    <SectionCard
      title="How it got here"
      trailing={
        <Link
          to={`/executions/${executionId}`}
          className="inline-flex items-center gap-1 hover:text-ink hover:underline"
        >
          Open the run <ArrowUpRight className="size-3.5" />
        </Link>
      }
    >
      {steps.length === 0 ? (
        <p className="text-small text-ink-3">The steps before it are in the run.</p>
      ) : (
        <ol className="flex flex-wrap items-center gap-y-3">
          {steps.map((step, index) => (
            <li key={step.id} className="flex items-center">
              {index > 0 && (
                <span
                  className={clsx(
                    'mx-2.5 h-1.5 w-9 rounded-full border p-px',
                    step.status === 'pending' ? 'border-channel-line' : 'border-current-line',
                  )}
                >
                  {step.status !== 'pending' && <span className="block h-full rounded-full bg-current-mark" />}
                </span>
              )}
              <span className="flex items-center gap-2">
                <StateGlyph state={step.status} labelled />
                <span>
                  <span className="block text-small font-mid">{step.nodeName}</span>
                  <span className="block text-micro text-ink-2">
                    {step.duration === undefined && step.startedAt === undefined ? (
                      stateTable[step.status].word.toLowerCase()
                    ) : (
                      <Duration ms={step.duration ?? null} since={step.startedAt ?? null} />
                    )}
                  </span>
                </span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </SectionCard>
  )
}
