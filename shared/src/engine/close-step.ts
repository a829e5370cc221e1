import type { EventDraft } from '../events/index.ts'
import type { JsonObject } from '../json.ts'
import { eventErrorOf } from './end-node.ts'
import { engineLimits } from './engine-limits.ts'
import { hasEnded, isQuiescent } from './engine-state.ts'
import { requireBytes } from './json-size.ts'
import { isPaused, tellOfPause } from './pauses.ts'
import type { ExecutionOutcome } from './protocol.ts'
import { estimateRemainingMs, measureWork } from './remaining-time.ts'
import { nodeStateOf, type StepDraft, tellOfRun } from './step-draft.ts'

/** What a step has to say of the run as a whole once all consequences are settled. */
export function closeStep(draft: StepDraft): void {
  measureWork(draft)
  tellProgress(draft)
  const outcome = outcomeOf(draft)
  const wasWaiting = draft.state.status === 'waiting'
  const goesOn = outcome === null && draft.state.stopping === null
  const paused = goesOn && isPaused(draft.state)
  const isWaiting = goesOn && !paused && hasOpenPrompt(draft) && isQuiescent(draft.state)
  if (wasWaiting && !isWaiting && !paused && draft.state.stopping === null) tellResumed(draft)
  if (!wasWaiting && isWaiting) tellWaiting(draft)
  draft.state.status = outcome !== null ? 'finished' : paused ? 'paused' : isWaiting ? 'waiting' : 'running'
  if (outcome === null) return
  draft.state.outcome = outcome
  draft.commands.push({ type: 'finish', outcome })
}

/** The end, when it is reached; null: the run goes on. */
function outcomeOf(draft: StepDraft): ExecutionOutcome | null {
  const { stopping, nodes } = draft.state
  if (stopping !== null) return isQuiescent(draft.state) ? stopping : null
  if (!Object.values(nodes).every(({ step }) => hasEnded(step))) return null
  try {
    return { status: 'completed', outputs: runOutputs(draft) }
  } catch (error) {
    return { status: 'failed', error: eventErrorOf(error) }
  }
}

/** Fields of all output nodes that have run, in plan order: a later one overwrites an earlier one's field. */
function runOutputs(draft: StepDraft): JsonObject {
  const outputs = draft.plan.nodes.flatMap(({ id, type }): JsonObject[] => {
    const output = draft.state.outputs[id]
    if (
      type !== 'output' ||
      draft.state.nodes[id]?.step !== 'completed' ||
      output === undefined ||
      !('value' in output)
    )
      return []
    return [output.value as JsonObject]
  })
  const merged = Object.fromEntries(outputs.flatMap((output) => Object.entries(output)))
  requireBytes(merged, engineLimits.runOutputBytesMax)
  return merged
}

/** One for all nodes that ended in this step: nobody could see what lies between. */
function tellProgress(draft: StepDraft): void {
  const { state, plan, lastEnded } = draft
  if (lastEnded === null) return
  const through = plan.nodes.filter(({ id }) => {
    const step = nodeStateOf(draft, id).step
    return (hasEnded(step) && step !== 'cancelled') || state.past[id] !== undefined
  }).length
  state.through = Math.max(state.through, through)
  const current = plan.nodes.filter(({ id }) =>
    ['scheduled', 'evaluating', 'waiting'].includes(nodeStateOf(draft, id).step),
  )
  const estimatedRemainingMs = estimateRemainingMs(draft)
  tellOfRun(draft, lastEnded, 'execution:progress', {
    completed: state.through,
    total: plan.nodes.length,
    percentage: Math.round((state.through / plan.nodes.length) * 1000) / 10,
    currentNodeIds: current.map(({ id }) => id),
    ...(estimatedRemainingMs === null ? {} : { estimatedRemainingMs }),
  })
}

/** A run that was paused can find itself waiting when it goes on, without any node having brought that about. */
function tellWaiting(draft: StepDraft): void {
  const requestIds = openRequestIds(draft)
  if (draft.cause === null) tellOfPause(draft, 'execution:waiting', { requestIds })
  else tellOfRun(draft, draft.cause, 'execution:waiting', { requestIds })
}

function tellResumed(draft: StepDraft): void {
  if (draft.cause === null) return
  const consequences: EventDraft[] = draft.events.splice(draft.resumesAt)
  tellOfRun(draft, draft.cause, 'execution:resumed', {})
  draft.events.push(...consequences)
}

function openRequestIds(draft: StepDraft): string[] {
  return Object.entries(draft.state.prompts).flatMap(([requestId, { status }]) =>
    status === 'open' ? [requestId] : [],
  )
}

function hasOpenPrompt(draft: StepDraft): boolean {
  return openRequestIds(draft).length > 0
}
