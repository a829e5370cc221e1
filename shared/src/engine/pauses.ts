import type { EventDraft, EventDraftOf } from '../events/index.ts'
import type { Answerer } from '../events/user-input.ts'
import { engineLimits } from './engine-limits.ts'
import type { EngineState } from './engine-state.ts'
import { identifyPause, type PauseType } from './event-codes.ts'
import type { PauseCheck } from './protocol.ts'
import type { StepDraft } from './step-draft.ts'

/**
 * A paused run begins and skips nothing. What is at work goes on: results and answers are kept, deadlines
 * pass, a failure ends the run, and so does the end of its last node.
 */
export function isPaused(state: EngineState): boolean {
  return state.heldBack !== undefined
}

/** Whether `pause` or `resume` still means something; a run that is as wished already is fine. */
export function checkPause(state: EngineState, wish: 'pause' | 'resume'): PauseCheck {
  if (state.outcome !== null || state.stopping !== null)
    return { ok: false, code: 'EXECUTION_FINISHED', message: 'The run is over, or is being stopped.' }
  if (wish === 'pause' && !isPaused(state) && (state.pauses?.length ?? 0) >= engineLimits.pausesMax) {
    const message = `The run was paused ${engineLimits.pausesMax} times, as often as a run may be. Stop it instead.`
    return { ok: false, code: 'LIMIT_REACHED', message }
  }
  return { ok: true }
}

/** False: it is paused already, or cannot be any more. */
export function pauseRun(draft: StepDraft, { reason, by }: { reason?: string; by?: Answerer }): boolean {
  const { state } = draft
  if (isPaused(state) || !checkPause(state, 'pause').ok) return false
  state.heldBack = []
  state.pauses = [...(state.pauses ?? []), '']
  tellOfPause(draft, 'execution:paused', {
    reason: reason ?? '',
    ...(by === undefined ? {} : { by }),
  })
  return true
}

/** Lets everything that was held back be decided now. False: the run is not paused, or is being stopped. */
export function resumeRun(draft: StepDraft, { by }: { by?: Answerer }): boolean {
  const { state } = draft
  if (state.heldBack === undefined || !checkPause(state, 'resume').ok) return false
  for (const nodeId of state.heldBack) draft.called.add(nodeId)
  delete state.heldBack
  for (const { id } of draft.plan.nodes) if (state.nodes[id]?.step === 'pending') draft.candidates.add(id)
  tellOfPause(draft, 'execution:resumed', by === undefined ? {} : { by })
  return true
}

/** Keeps what a step would have begun. Who has all inputs can be seen at any time; who was called by a loop cannot. */
export function holdBack(draft: StepDraft): void {
  const { state, called, candidates } = draft
  if (called.size > 0) state.heldBack = [...new Set([...(state.heldBack ?? []), ...called])]
  called.clear()
  candidates.clear()
}

/** Tells an event that the newest pause brought about, once. */
export function tellOfPause<Type extends PauseType>(
  draft: StepDraft,
  type: Type,
  fields: Omit<EventDraftOf<Type>, 'type' | 'eventId' | 'timestamp' | 'executionId'>,
): void {
  const { state, now: timestamp } = draft
  const pauses = state.pauses ?? []
  const { id, code } = identifyPause(type, pauses.length)
  state.pauses = [...pauses.slice(0, -1), (pauses.at(-1) ?? '') + code]
  const { executionId } = state
  // The fields fit the type by the signature; joined with the stamp, the compiler cannot see it.
  draft.events.push({ type, eventId: id, timestamp, executionId, ...fields } as unknown as EventDraft)
}
