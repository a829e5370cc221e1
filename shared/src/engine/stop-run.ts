import { requestIdOf } from './prompt-request.ts'
import type { ExecutionOutcome } from './protocol.ts'
import { endReminders } from './reminders.ts'
import { addressOf, changeNode, nodeStateOf, type StepDraft, tellOfNode } from './step-draft.ts'

/**
 * Begins to end the run: questions are withdrawn, nodes that have not begun are cancelled, running ones are asked to
 * stop. The run is over when those have ended. The first reason to stop wins.
 */
export function stopRun(draft: StepDraft, outcome: ExecutionOutcome, reason: string): void {
  if (draft.state.stopping !== null) return
  draft.state.stopping = outcome
  draft.candidates.clear()
  draft.called.clear()
  for (const { id } of draft.plan.nodes) {
    const { step } = nodeStateOf(draft, id)
    if (step === 'scheduled' || step === 'evaluating') {
      changeNode(draft, id, { isStopping: true })
      draft.commands.push({ type: 'cancelNode', ...addressOf(draft, id) })
    }
    if (step === 'waiting') withdrawPrompt(draft, id, reason)
    if (step === 'waiting' || step === 'pending') {
      tellOfNode(draft, id, 'node:cancelled', { reason })
      changeNode(draft, id, { step: 'cancelled', reason })
    }
  }
}

function withdrawPrompt(draft: StepDraft, nodeId: string, reason: string): void {
  const requestId = requestIdOf(draft, nodeId)
  if (draft.state.prompts[requestId] === undefined) return
  draft.commands.push({ type: 'cancelTimer', timerId: requestId })
  endReminders(draft, requestId)
  const prompt = draft.state.prompts[requestId]
  if (prompt !== undefined) draft.state.prompts[requestId] = { ...prompt, status: 'withdrawn' }
  tellOfNode(draft, nodeId, 'user:input:withdrawn', { requestId, reason })
}
