import type { NodeView } from '@millrace/shared/engine/execution-view'
import { useContext } from 'react'
import { useExecutionState } from '../../stores/execution-store.ts'
import { Duration } from '../../ui/duration.tsx'
import { StateLabel } from '../../ui/state-chip.tsx'
import { currentAttempt } from '../card/attempt.ts'
import { useNodeView } from '../card/node-slice.ts'
import { useRunClock } from '../run/run-clock.ts'
import { AttemptsTable } from './attempts-table.tsx'
import { LastExecutionContext } from './expression/run-values.ts'
import { OutputView } from './output-view.tsx'

function Elapsed({ node }: { node: NodeView }) {
  const isRunning = node.status === 'running'
  const now = useRunClock(isRunning ? 1000 : null)
  if (isRunning && node.startedAt !== null)
    return <span>{Math.max(0, Math.floor((now - node.startedAt) / 1000))} s</span>
  return <Duration ms={node.duration} />
}

/** What a step has made: while it runs its text so far, afterwards its output, its failure, and all its tries. */
export function OutputTab({ nodeId }: { nodeId: string }) {
  const node = useNodeView(nodeId)
  const hasRun = useExecutionState(({ view }) => view !== null)
  const startedAt = useExecutionState(({ view }) => view?.startedAt ?? null)
  const last = useContext(LastExecutionContext)?.nodes[nodeId]
  if (node === null) {
    if (!hasRun && last?.output !== undefined) {
      return (
        <div className="flex flex-col gap-3">
          <p className="text-small text-ink-2">From the last run</p>
          <OutputView output={last.output} />
        </div>
      )
    }
    return (
      <p className="text-ink-2">
        {hasRun ? 'This step has not begun.' : 'Run the workflow to see what this step makes.'}
      </p>
    )
  }
  const attempt = currentAttempt(node)
  const isWriting = node.status === 'running' || node.status === 'retrying'
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center gap-2 text-small text-ink-2">
        <StateLabel state={node.status} />
        {node.startedAt !== null && <Elapsed node={node} />}
        {attempt !== null && attempt.tokens > 0 && <span>· {attempt.tokens} tokens</span>}
        {node.iteration > 1 && <span>· round {node.iteration}</span>}
      </div>
      {node.error !== null && (
        <div className="rounded-control bg-failed-tint px-3 py-2">
          <p className="break-words whitespace-pre-wrap text-failed-text">{node.error.message}</p>
          <code className="font-mono text-micro text-failed-text">{node.error.code}</code>
        </div>
      )}
      {node.reason !== null && <p className="text-ink-2">{node.reason}</p>}
      {isWriting && attempt !== null && attempt.text !== '' && (
        <p data-testid="output-text" className="break-words whitespace-pre-wrap">
          {attempt.text}
        </p>
      )}
      {node.status === 'completed' && node.output !== null && <OutputView output={node.output} />}
      {node.outputRef !== null && (
        <div>
          <p className="mb-1 text-small text-ink-2">
            The output has {Math.round(node.outputRef.bytes / 1024)} KiB. This is how it begins:
          </p>
          <pre className="overflow-auto rounded-control border bg-sunk p-2.5 font-mono text-micro break-words whitespace-pre-wrap">
            {node.outputRef.preview}
          </pre>
        </div>
      )}
      <AttemptsTable node={node} startedAt={startedAt} />
    </div>
  )
}
