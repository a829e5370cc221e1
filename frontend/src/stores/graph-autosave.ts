import type { UpdateWorkflow, Workflow } from '@millrace/shared/api/workflows'
import type { GraphDocument, GraphStore } from './graph-store.ts'

/** Quiet time after the last change before it is saved, in milliseconds. */
export const saveAfterMs = 1000
/** Waits between tries while the server does not answer, in milliseconds; the last one repeats. */
const retryAfterMs = [2000, 5000, 15_000]

export interface AutosaveDeps {
  graph: GraphStore
  /** Throws an error with `status` 409 when `version` is stale. */
  save: (id: string, body: UpdateWorkflow) => Promise<Workflow>
  onSaved?: (workflow: Workflow) => void
}

export interface Autosave {
  /** Saves what is unsaved now. Resolves to true when the server has everything. */
  flush: () => Promise<boolean>
  /** Ends saving; what is unsaved is sent once more. */
  stop: () => void
}

/** Keeps the server's copy in step: one save at a time, each from the version that the one before was answered with. */
export function startAutosave({ graph, save, onSaved }: AutosaveDeps): Autosave {
  const { store } = graph
  let timer: ReturnType<typeof setTimeout> | null = null
  let queue: Promise<boolean> = Promise.resolve(true)
  let failures = 0
  let isStopped = false

  function schedule(delayMs: number) {
    if (timer !== null) clearTimeout(timer)
    timer = isStopped ? null : setTimeout(() => void flush(), delayMs)
  }

  async function send(document: GraphDocument): Promise<boolean> {
    const { workflowId, version } = store.getState()
    graph.setSave({ phase: 'saving', saveError: null })
    try {
      const saved = await save(workflowId, { ...document, version })
      failures = 0
      const isCurrent = store.getState().history.present === document
      graph.setSave({ version: saved.version, phase: isCurrent ? 'saved' : 'dirty' })
      onSaved?.(saved)
      return isCurrent
    } catch (error) {
      const { message, code, status } = describe(error)
      if (status === 409) {
        graph.setSave({ phase: 'conflict', saveError: { message, code } })
        return false
      }
      graph.setSave({ phase: 'failed', saveError: { message, code } })
      schedule(retryAfterMs[Math.min(failures, retryAfterMs.length - 1)] ?? 15_000)
      failures += 1
      return false
    }
  }

  async function saveAll(): Promise<boolean> {
    // A save may end while newer changes wait. Changes come slower than saves end, so this settles; three rounds
    // bound it all the same.
    for (let round = 0; round < 3; round += 1) {
      const { phase, history } = store.getState()
      if (phase === 'saved' || phase === 'read-only') return true
      if (phase === 'conflict') return false
      if (await send(history.present)) return true
      if (store.getState().phase !== 'dirty') return false
    }
    schedule(saveAfterMs)
    return false
  }

  function flush(): Promise<boolean> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    // One after the other: each needs the version that the one before was answered with.
    queue = queue.then(saveAll)
    return queue
  }

  const unsubscribe = store.subscribe((state, before) => {
    if (state.history.present !== before.history.present && state.phase === 'dirty') schedule(saveAfterMs)
  })
  return {
    flush,
    stop() {
      unsubscribe()
      isStopped = true
      void flush()
    },
  }
}

function describe(error: unknown): { message: string; code: string; status: number } {
  const { message, code, status } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >
  return {
    message: typeof message === 'string' ? message : 'The change could not be saved.',
    code: typeof code === 'string' ? code : 'INTERNAL',
    status: typeof status === 'number' ? status : 0,
  }
}
