import { isFinished } from '@millrace/shared/engine/execution-view'
import { Square, Workflow } from 'lucide-react'
import { Link } from 'react-router'
import { errorMessage } from '../../api/api-error.ts'
import { useCancelExecution } from '../../api/executions.ts'
import { useMay } from '../../api/rights.ts'
import { HoldButton } from '../../canvas/run/hold-button.tsx'
import { RunAgain } from '../../canvas/run/run-again.tsx'
import { Watchers } from '../../canvas/run/watchers.tsx'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph } from '../../stores/graph-context.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy-id.tsx'
import { toast } from '../../ui/toast.tsx'
import { TopBar } from '../../ui/top-bar.tsx'
import { ShareButton } from './share-button.tsx'

/** Where this run belongs, and what can be done with it. */
export function ExecutionBar({ executionId }: { executionId: string }) {
  const name = useGraph((graph) => graph.name)
  const workflowId = useGraph((graph) => graph.workflowId)
  const status = useExecutionState(({ view }) => view?.status ?? null)
  const mayRun = useMay('run')
  return (
    <TopBar
      crumbs={<Link to="/executions">Executions</Link>}
      title={name}
      note={<CopyId value={executionId} label={`run ${executionId.slice(-6)}`} />}
      actions={
        <>
          <Watchers />
          <Link to={`/workflows/${workflowId}?run=${encodeURIComponent(executionId)}`} className={buttonClass('quiet')}>
            <Workflow />
            <span className="max-sm:sr-only">Open workflow</span>
          </Link>
          <ShareButton executionId={executionId} />
          {status !== null && mayRun && !isFinished(status) && (
            <>
              <HoldButton />
              <Cancel executionId={executionId} />
            </>
          )}
          {status !== null && mayRun && isFinished(status) && <RunAgain />}
        </>
      }
    />
  )
}

function Cancel({ executionId }: { executionId: string }) {
  const cancel = useCancelExecution()
  const isStopping = cancel.isPending || cancel.isSuccess
  return (
    <Button
      variant="danger"
      icon={<Square />}
      busy={isStopping}
      onClick={() =>
        cancel.mutate(executionId, {
          onError: (error) => toast.failed('The run could not be stopped', { description: errorMessage(error) }),
        })
      }
    >
      <span className="max-sm:sr-only">{isStopping ? 'Stopping' : 'Stop'}</span>
    </Button>
  )
}
