import { Pause, StepForward } from 'lucide-react'
import { errorMessage } from '../../api/api-error.ts'
import { useHoldExecution } from '../../api/executions.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { Button } from '../../ui/button.tsx'
import { toast } from '../../ui/toast.tsx'

/** Pauses the run that is shown, or lets it go on; the server's word decides which of the two it offers. */
export function HoldButton() {
  const executionId = useExecutionState((state) => state.executionId)
  const isPaused = useExecutionState(({ view }) => view?.status === 'paused')
  const hold = useHoldExecution()
  const wish = isPaused ? 'resume' : 'pause'
  return (
    <Button
      icon={isPaused ? <StepForward /> : <Pause />}
      busy={hold.isPending}
      title={isPaused ? 'Go on with what was held back' : 'Begin nothing new; steps at work finish'}
      onClick={() => {
        if (executionId === null) return
        hold.mutate(
          { id: executionId, wish },
          {
            onError: (error) =>
              toast.failed(isPaused ? 'The run could not be resumed' : 'The run could not be paused', {
                description: errorMessage(error),
              }),
          },
        )
      }}
    >
      <span className="max-sm:sr-only">{isPaused ? 'Resume' : 'Pause'}</span>
    </Button>
  )
}
