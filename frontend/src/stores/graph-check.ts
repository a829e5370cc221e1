import { validateDefinition } from '@millrace/shared/graph/validate'
import type { GraphStore } from './graph-store.ts'

/** Quiet time after a change before the drawing is checked, in milliseconds: a check of 200 steps takes longer than a frame. */
const checkAfterMs = 150

/** Keeps the problems of a drawing up to date. Returns how to stop. */
export function startChecking(graph: GraphStore): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  const check = () => {
    timer = null
    graph.setProblems(validateDefinition(graph.store.getState().definition))
  }
  check()
  const unsubscribe = graph.store.subscribe((state, before) => {
    if (state.definition === before.definition) return
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(check, checkAfterMs)
  })
  return () => {
    unsubscribe()
    if (timer !== null) clearTimeout(timer)
  }
}
