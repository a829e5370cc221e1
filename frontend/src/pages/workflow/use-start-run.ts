import { useState } from 'react'
import { errorMessage } from '../../api/api-error.ts'
import { useStartExecution } from '../../api/executions.ts'
import { useBoardStore } from '../../canvas/board/board-context.ts'
import { rememberInput } from '../../stores/run-input-memory.ts'
import { useSession } from '../../stores/session-store.ts'
import { toast } from '../../ui/toast.tsx'

interface StartRunOptions {
  workflowId: string
  onSave: () => Promise<boolean>
  onStarted: (executionId: string) => void
}

/** Starts a run of what is on the canvas: unsaved changes are saved first, for a run carries a saved version. */
export function useStartRun({ workflowId, onSave, onStarted }: StartRunOptions): {
  run: (input: Record<string, unknown>) => Promise<boolean>
  isStarting: boolean
} {
  const board = useBoardStore()
  const userId = useSession((session) => session.user?.id ?? null)
  const start = useStartExecution(workflowId)
  const [isStarting, setStarting] = useState(false)

  async function run(input: Record<string, unknown>): Promise<boolean> {
    if (isStarting) return false
    setStarting(true)
    try {
      if (!(await onSave())) {
        toast.failed('Your last changes could not be saved', {
          id: 'run',
          description: 'The run was not started, for it would have left them out.',
        })
        return false
      }
      const { executionId } = await start.mutateAsync(input)
      if (userId !== null) rememberInput(userId, workflowId, input)
      board.set({ openRequestId: null, search: null })
      onStarted(executionId)
      return true
    } catch (error) {
      toast.failed('The run was not started', { id: 'run', description: errorMessage(error) })
      return false
    } finally {
      setStarting(false)
    }
  }
  return { run, isStarting }
}
