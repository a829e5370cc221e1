import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import type { WorkflowEvent } from '@millrace/shared/events'
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'

/**
 * none: no run is shown. connecting: asked for, nothing came yet. catching-up: what is shown is true but not the newest.
 * live: events arrive as they happen. ended: the run is over and complete. failed: it cannot be followed.
 */
export type FollowPhase = 'none' | 'connecting' | 'catching-up' | 'live' | 'ended' | 'failed'

export interface ExecutionState {
  executionId: string | null
  view: ExecutionView | null
  phase: FollowPhase
  error: { code: string; message: string } | null
}

export interface ExecutionStore {
  store: StoreApi<ExecutionState>
  /** Shows another run, or none; what was known of the former is dropped. */
  follow: (executionId: string | null) => void
  setView: (view: ExecutionView) => void
  apply: (event: WorkflowEvent) => void
  setPhase: (phase: FollowPhase) => void
  fail: (error: { code: string; message: string }) => void
}

export interface ExecutionStoreDeps {
  /** The reducer that server and browser share. */
  fold: (view: ExecutionView, event: WorkflowEvent) => ExecutionView
  empty: (executionId: string) => ExecutionView
  /** Calls back once, soon: what arrives until then becomes visible together. */
  schedule?: (publish: () => void) => void
}

/** Once per frame; a hidden tab has no frames, so a timer stands in. */
function nextFrame(publish: () => void): void {
  let isDone = false
  const once = () => {
    if (isDone) return
    isDone = true
    publish()
  }
  requestAnimationFrame(once)
  setTimeout(once, 100)
}

/** The run that this page shows. Written by the live hooks only; cards select their own step. */
export function createExecutionStore({ fold, empty, schedule = nextFrame }: ExecutionStoreDeps): ExecutionStore {
  const nothing: ExecutionState = { executionId: null, view: null, phase: 'none', error: null }
  const store = createStore<ExecutionState>(() => nothing)
  /** Folded, not yet shown. */
  let latest: ExecutionView | null = null
  let isScheduled = false

  function publish() {
    isScheduled = false
    if (latest !== null && latest !== store.getState().view) store.setState({ view: latest })
  }

  return {
    store,
    follow(executionId) {
      if (executionId === store.getState().executionId) return
      latest = null
      store.setState(executionId === null ? nothing : { ...nothing, executionId, phase: 'connecting' })
    },
    setView(view) {
      if (view.executionId !== store.getState().executionId) return
      latest = view
      store.setState({ view, phase: store.getState().phase === 'ended' ? 'ended' : 'catching-up', error: null })
    },
    apply(event) {
      const { executionId, view, phase } = store.getState()
      if (executionId === null || !('executionId' in event) || event.executionId !== executionId) return
      latest = fold(latest ?? view ?? empty(executionId), event)
      if (phase === 'connecting') store.setState({ phase: 'catching-up' })
      if (isScheduled) return
      isScheduled = true
      schedule(publish)
    },
    setPhase(phase) {
      publish()
      store.setState({ phase })
    },
    fail: (error) => store.setState({ error, phase: 'failed' }),
  }
}

export const ExecutionContext = createContext<ExecutionStore | null>(null)

const noRun = createStore<ExecutionState>(() => ({ executionId: null, view: null, phase: 'none', error: null }))

/** A slice of the run on this page; null view where none is shown. Select primitives or stored objects. */
export function useExecutionState<Slice>(select: (state: ExecutionState) => Slice): Slice {
  return useStore(useContext(ExecutionContext)?.store ?? noRun, select)
}
