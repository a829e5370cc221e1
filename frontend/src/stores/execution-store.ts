import type { Presence } from '@millrace/shared/client/followed-execution'
import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'

/**
 * none: no run is shown. catching-up: what is shown, if anything, is true but not the newest. live: events arrive as
 * they happen. ended: the run is over and complete. failed: it cannot be followed.
 */
export type FollowPhase = 'none' | 'catching-up' | 'live' | 'ended' | 'failed'

export interface ExecutionState {
  executionId: string | null
  /** Folded by the socket client with the reducer that the server uses; parts an event does not touch keep their identity. */
  view: ExecutionView | null
  /** Who watches it now, oneself included; null: not told. */
  presence: Presence | null
  phase: FollowPhase
  error: { code: string; message: string } | null
}

export interface ExecutionStore {
  store: StoreApi<ExecutionState>
  /** Shows another run, or none; what was known of the former is dropped. */
  follow: (executionId: string | null) => void
  /** Views of another run than the one shown are ignored: they may arrive late. */
  setView: (view: ExecutionView) => void
  setPresence: (presence: Presence) => void
  setPhase: (phase: FollowPhase) => void
  fail: (error: { code: string; message: string }) => void
}

const nothing: ExecutionState = { executionId: null, view: null, presence: null, phase: 'none', error: null }

/** The run that this page shows. Written by the live hooks only; cards select their own step. */
export function createExecutionStore(): ExecutionStore {
  const store = createStore<ExecutionState>(() => nothing)
  return {
    store,
    follow(executionId) {
      if (executionId === store.getState().executionId) return
      store.setState(executionId === null ? nothing : { ...nothing, executionId, phase: 'catching-up' })
    },
    setView(view) {
      const { executionId, view: shown } = store.getState()
      if (view.executionId === executionId && view !== shown) store.setState({ view })
    },
    setPresence: (presence) => store.setState({ presence }),
    setPhase: (phase) => store.setState({ phase, error: null }),
    fail: (error) => store.setState({ error, phase: 'failed' }),
  }
}

export const ExecutionContext = createContext<ExecutionStore | null>(null)

const noRun = createStore<ExecutionState>(() => nothing)

/** A slice of the run on this page; null view where none is shown. Select primitives or stored objects. */
export function useExecutionState<Slice>(select: (state: ExecutionState) => Slice): Slice {
  return useStore(useContext(ExecutionContext)?.store ?? noRun, select)
}
