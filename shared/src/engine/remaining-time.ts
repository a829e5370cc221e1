import { hasEnded, isQuiescent } from './engine-state.ts'
import { isPaused } from './pauses.ts'
import type { StepDraft } from './step-draft.ts'

/** Effects that must have run before their pace says anything. */
const doneMin = 2

/** Counts the time in which something was at work: waiting for people and standing still are none of it. */
export function measureWork({ state, now }: StepDraft): void {
  // A run that was begun before this was measured stays unmeasured.
  if (state.workedMs === undefined) return
  if (state.workingSince !== undefined) state.workedMs += Math.max(0, now - state.workingSince)
  if (isQuiescent(state)) delete state.workingSince
  else state.workingSince = now
}

/**
 * How long the effects that are left take at the pace of those that ran, in milliseconds. Null where nobody can know:
 * too few have run, a person is still to be asked, a loop may come round again, or the run stands.
 */
export function estimateRemainingMs({ plan, state }: StepDraft): number | null {
  if (state.workedMs === undefined || plan.loops.length > 0 || state.stopping !== null || isPaused(state)) return null
  const stepOf = (id: string) => state.nodes[id]?.step ?? 'pending'
  if (plan.nodes.some(({ id, kind }) => kind === 'wait' && !hasEnded(stepOf(id)))) return null
  const effects = plan.nodes.filter(({ kind }) => kind === 'effect').map(({ id }) => stepOf(id))
  const doneCount = effects.filter((step) => step === 'completed' || step === 'failed').length
  const leftCount = effects.filter((step) => !hasEnded(step)).length
  if (doneCount < doneMin || leftCount === 0) return null
  return Math.round((state.workedMs / doneCount) * leftCount)
}
