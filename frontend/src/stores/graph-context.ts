import { InvariantError } from '@millrace/shared/errors/app-error'
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { GraphState, GraphStore } from './graph-store.ts'

export const GraphContext = createContext<GraphStore | null>(null)

/** The drawing of this page. Throws outside a GraphContext. */
export function useGraphStore(): GraphStore {
  const graph = useContext(GraphContext)
  if (graph === null) throw new InvariantError('There is no drawing here.')
  return graph
}

/** A slice of the drawing; select primitives or stored objects, so that nothing else renders. */
export function useGraph<Slice>(select: (state: GraphState) => Slice): Slice {
  return useStore(useGraphStore().store, select)
}
