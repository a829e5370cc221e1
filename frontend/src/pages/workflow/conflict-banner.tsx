import { useQueryClient } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { errorMessage } from '../../api/api-error.ts'
import { queryKeys } from '../../api/query-keys.ts'
import { createWorkflow, getWorkflow } from '../../api/workflows.ts'
import { useGraph, useGraphStore } from '../../stores/graph-context.ts'
import { Button } from '../../ui/button.tsx'
import { toast } from '../../ui/toast.tsx'

/** Somebody saved a newer version: nothing is saved until a person has chosen which one counts. */
export function ConflictBanner() {
  const graph = useGraphStore()
  const phase = useGraph((state) => state.phase)
  const cache = useQueryClient()
  const navigate = useNavigate()
  const [isBusy, setBusy] = useState(false)
  if (phase !== 'conflict') return null

  async function choose(work: () => Promise<void>) {
    setBusy(true)
    try {
      await work()
    } catch (error) {
      toast.failed('That did not work', { description: errorMessage(error) })
    } finally {
      setBusy(false)
    }
  }
  const loadTheirs = async () => {
    const theirs = await getWorkflow(graph.store.getState().workflowId)
    graph.load(theirs)
    cache.setQueryData(queryKeys.workflow(theirs.id), theirs)
  }
  const saveAsCopy = async () => {
    const { name, definition } = graph.store.getState()
    const copy = await createWorkflow({ name: `${name} (copy)`.slice(0, 120), definition })
    await loadTheirs()
    void navigate(`/workflows/${copy.id}`)
  }
  return (
    <div
      role="alert"
      className="flex shrink-0 flex-wrap items-center gap-3 border-b border-retry-line bg-retry-tint px-4 py-2"
    >
      <TriangleAlert aria-hidden="true" className="size-4 text-retry-mark" />
      <p className="min-w-0 flex-1">
        <strong className="font-title">Somebody saved a newer version.</strong> Your last changes are here, but not
        saved.
      </p>
      <Button busy={isBusy} onClick={() => void choose(saveAsCopy)}>
        Save mine as a copy
      </Button>
      <Button busy={isBusy} onClick={() => void choose(loadTheirs)}>
        Load theirs
      </Button>
    </div>
  )
}
