import { RotateCcw } from 'lucide-react'
import { useNavigate } from 'react-router'
import { errorMessage } from '../../api/api-error.ts'
import { useStartExecution } from '../../api/executions.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph } from '../../stores/graph-context.ts'
import { Button } from '../../ui/button.tsx'
import { toast } from '../../ui/toast.tsx'

/** The same input once more, with the newest version of the workflow. */
export function RunAgain({ variant = 'plain' }: { variant?: 'plain' | 'primary' }) {
  const workflowId = useGraph((graph) => graph.workflowId)
  const input = useExecutionState(({ view }) => view?.input ?? null)
  const start = useStartExecution(workflowId)
  const navigate = useNavigate()
  return (
    <Button
      variant={variant}
      icon={<RotateCcw />}
      busy={start.isPending}
      onClick={() =>
        start.mutate(typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {}, {
          onSuccess: ({ executionId }) => void navigate(`/executions/${executionId}`),
          onError: (error) => toast.failed('The run was not started', { description: errorMessage(error) }),
        })
      }
    >
      Run again
    </Button>
  )
}
