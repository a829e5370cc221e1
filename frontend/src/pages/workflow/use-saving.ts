import type { Workflow } from '@millrace/shared/api/workflows'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import { queryKeys } from '../../api/query-keys.ts'
import { saveWorkflow } from '../../api/workflows.ts'
import { type Autosave, startAutosave } from '../../stores/graph-autosave.ts'
import { startChecking } from '../../stores/graph-check.ts'
import type { GraphStore } from '../../stores/graph-store.ts'

/** Saves and checks the drawing while the page is open. Returns how to save at once; true when the server has everything. */
export function useSaving(graph: GraphStore, workflow: Workflow): () => Promise<boolean> {
  const cache = useQueryClient()
  const autosave = useRef<Autosave | null>(null)

  useEffect(() => {
    // Nothing can be changed here, so nothing is ever to be saved.
    if (graph.store.getState().phase === 'read-only') return
    const stopChecking = startChecking(graph)
    const started = startAutosave({
      graph,
      save: saveWorkflow,
      onSaved: (saved) => {
        cache.setQueryData(queryKeys.workflow(saved.id), saved)
        void cache.invalidateQueries({ queryKey: queryKeys.workflows, exact: true })
      },
    })
    autosave.current = started
    const flush = () => void started.flush()
    const guard = (event: BeforeUnloadEvent) => {
      const { phase } = graph.store.getState()
      if (phase === 'saved' || phase === 'read-only') return
      flush()
      event.preventDefault()
    }
    window.addEventListener('online', flush)
    window.addEventListener('beforeunload', guard)
    return () => {
      window.removeEventListener('online', flush)
      window.removeEventListener('beforeunload', guard)
      stopChecking()
      started.stop()
    }
  }, [graph, cache])

  // Somebody saved elsewhere while nothing is unsaved here: show theirs. With unsaved changes the next save says so.
  useEffect(() => {
    const { phase, version } = graph.store.getState()
    if ((phase === 'saved' || phase === 'read-only') && workflow.version > version) graph.load(workflow)
  }, [graph, workflow])
  return useCallback(async () => (await autosave.current?.flush()) ?? true, [])
}
