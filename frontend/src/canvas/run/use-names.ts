import { useMemo } from 'react'
import { useMay } from '../../api/rights.ts'
import { useGraphStore } from '../../stores/graph-context.ts'
import type { SentenceNames } from './run-sentence.ts'

/** Names and types of steps as the drawing has them now. Pure steps tell no name of their own in events. */
export function useStepNames(): SentenceNames {
  const graph = useGraphStore()
  const mayAnswer = useMay('answer')
  return useMemo(() => {
    const nodeOf = (id: string) => graph.store.getState().nodesById.get(id)
    return { nameOf: (id) => nodeOf(id)?.name ?? id, typeOf: (id) => nodeOf(id)?.type ?? '', mayAnswer }
  }, [graph, mayAnswer])
}
