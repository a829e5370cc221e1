import { engineLimits } from './engine-limits.ts'
import type { PlanEdge } from './plan.ts'
import { nodeStateOf, planNodeOf, type StepDraft } from './step-draft.ts'

/** Why no way leads to a node any more, in the words of a builder. */
export function skipReason(draft: StepDraft, nodeId: string): string {
  const incoming = draft.index.incoming.get(nodeId) ?? []
  const { join } = planNodeOf(draft, nodeId)
  const taken = incoming.filter(({ id }) => draft.state.edges[id] === 'taken').length
  if (typeof join === 'object' && taken > 0) return `Only ${taken} of ${join.n} inputs came`
  const reasons = [
    ...new Set(incoming.filter(({ id }) => draft.state.edges[id] !== undefined).map((edge) => edgeReason(draft, edge))),
  ]
  if (reasons.length === 0) return 'No way leads here from the start'
  const shown = reasons.length > 2 ? [...reasons.slice(0, 2), `${reasons.length - 2} more`] : reasons
  // Made of the drawing's names alone, which everybody reads whole: nothing in it is a secret that this could cut.
  return shown.join('; ').slice(0, engineLimits.reasonCharactersMax)
}

function edgeReason(draft: StepDraft, edge: PlanEdge): string {
  const source = planNodeOf(draft, edge.source)
  const state = nodeStateOf(draft, edge.source)
  if (draft.state.edges[edge.id] === 'dead') return state.reason ?? `${source.name} did not run`
  if (state.step === 'failed') return `${source.name} failed`
  if (edge.sourcePort === 'error') return `${source.name} did not fail`
  if (edge.sourcePort === 'expired') return `${source.name} was answered in time`
  const requestId = `${draft.state.executionId}:${state.path}`
  if (draft.state.prompts[requestId]?.status === 'expired') return `${source.name} was not answered in time`
  return `${source.name} went the other way`
}
