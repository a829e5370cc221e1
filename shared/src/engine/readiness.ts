import type { StepDraft } from './step-draft.ts'
import { nodeStateOf, planNodeOf } from './step-draft.ts'

export type Readiness = 'begin' | 'skip' | 'wait'

/**
 * Whether the inputs of a pending node let it begin. Loop edges are no inputs: the target of one that is taken is
 * begun by the loop itself. An input that comes after a join was satisfied is absorbed: the node is not pending then.
 */
export function readinessOf(draft: StepDraft, nodeId: string): Readiness {
  if (nodeStateOf(draft, nodeId).step !== 'pending') return 'wait'
  const { join, kind } = planNodeOf(draft, nodeId)
  if (kind === 'trigger') return 'begin'
  const states = (draft.index.incoming.get(nodeId) ?? []).map(({ id }) => draft.state.edges[id])
  const taken = states.filter((state) => state === 'taken').length
  const open = states.filter((state) => state === undefined).length
  if (join === 'all') return open > 0 ? 'wait' : taken > 0 ? 'begin' : 'skip'
  const needed = join === 'any' ? 1 : join.n
  if (taken >= needed) return 'begin'
  return taken + open < needed ? 'skip' : 'wait'
}
