import { beginNode, goOnRendered } from './begin-node.ts'
import { closeStep } from './close-step.ts'
import { cancelNode, completeNode, failNode, skipNode } from './end-node.ts'
import { type EngineState, type NodeStep, nodeIdOfPath } from './engine-state.ts'
import { executionStartedId } from './event-codes.ts'
import { holdBack, isPaused, pauseRun, resumeRun } from './pauses.ts'
import type { Plan } from './plan.ts'
import { answerPrompt, expirePrompt } from './prompts.ts'
import type { EngineInput, StepResult } from './protocol.ts'
import { normalPorts } from './pure-nodes.ts'
import { readinessOf } from './readiness.ts'
import { remind, remindedBy } from './reminders.ts'
import { skipReason } from './skip-reason.ts'
import { generationOf, nodeStateOf, openDraft, planNodeOf, type StepDraft } from './step-draft.ts'
import { stopRun } from './stop-run.ts'

export { checkAnswer } from './check-answer.ts'
export { createState, type EngineState, isQuiescent } from './engine-state.ts'
export { eventIdsOf } from './event-codes.ts'
export { nodeOutcomes } from './node-outcomes.ts'
export { checkPause } from './pauses.ts'

/**
 * Takes one input in and settles everything that follows from it (R1). Pure: the given state is not changed, and the
 * same plan, state and input always give the same result. An input that comes late or twice changes nothing.
 */
export function step(plan: Plan, state: EngineState, input: EngineInput): StepResult<EngineState> {
  if (state.outcome !== null || (input.type !== 'start' && input.type !== 'cancel' && state.startedAt === 0))
    return unchanged(state)
  const draft = openDraft(plan, state, input.now)
  if (!takeIn(draft, input)) return unchanged(state)
  advance(draft)
  closeStep(draft)
  return { state: draft.state, commands: draft.commands, events: draft.events }
}

function unchanged(state: EngineState): StepResult<EngineState> {
  return { state, commands: [], events: [] }
}

/** False: the input means nothing any more. */
function takeIn(draft: StepDraft, input: EngineInput): boolean {
  switch (input.type) {
    case 'start':
      return start(draft, input)
    case 'nodeSucceeded': {
      const nodeId = currentNode(draft, input.nodePath, ['scheduled'])
      if (nodeId === null) return false
      const { output, port, attempt, metadata } = input
      const ports = port === undefined ? normalPorts(planNodeOf(draft, nodeId).ports) : [port]
      completeNode(draft, nodeId, { output, ports, attempt, ...(metadata === undefined ? {} : { metadata }) })
      return true
    }
    case 'nodeFailed': {
      const nodeId = currentNode(draft, input.nodePath, ['scheduled', 'evaluating'])
      if (nodeId === null) return false
      failNode(draft, nodeId, input.error, input.attempt === undefined ? {} : { attempt: input.attempt })
      return true
    }
    case 'nodeCancelled': {
      const nodeId = currentNode(draft, input.nodePath, ['scheduled', 'evaluating'])
      if (nodeId === null) return false
      if (draft.state.stopping === null) cancelNode(draft, nodeId, `${planNodeOf(draft, nodeId).name} was cancelled`)
      else failNode(draft, nodeId, { code: 'INTERNAL', message: '' })
      return true
    }
    case 'evaluated': {
      const nodeId = currentNode(draft, input.nodePath, ['evaluating'])
      if (nodeId === null) return false
      if (draft.state.stopping === null) goOnRendered(draft, nodeId, input.config)
      else failNode(draft, nodeId, { code: 'INTERNAL', message: '' })
      return true
    }
    case 'promptAnswered':
      if (draft.state.prompts[input.requestId]?.status !== 'open') return false
      answerPrompt(draft, input)
      return true
    case 'timerFired': {
      const reminded = remindedBy(input.timerId)
      if (reminded !== null) return remind(draft, reminded)
      if (draft.state.prompts[input.timerId]?.status !== 'open') return false
      expirePrompt(draft, input.timerId)
      return true
    }
    case 'cancel':
      if (draft.state.stopping !== null) return false
      if (draft.state.startedAt === 0) draft.state.startedAt = input.now
      stopRun(draft, { status: 'cancelled', reason: input.reason }, input.reason)
      return true
    case 'pause':
      return pauseRun(draft, input)
    case 'resume':
      return resumeRun(draft, input)
  }
}

function start(draft: StepDraft, input: Extract<EngineInput, { type: 'start' }>): boolean {
  const { state, plan } = draft
  if (state.startedAt !== 0) return false
  state.executionId = input.executionId
  // Never 0, which says that the run has not begun.
  state.startedAt = Math.max(1, input.now)
  const { workflowId, workflowName, nodes } = plan
  const { executionId } = input
  draft.events.push({
    type: 'execution:started',
    eventId: executionStartedId,
    timestamp: input.now,
    executionId,
    workflowId,
    workflowName,
    totalNodes: nodes.length,
  })
  for (const { id, kind } of nodes) {
    if (kind === 'trigger') {
      state.outputs[id] = { value: input.input }
      draft.cause = generationOf(draft, id)
    }
    draft.candidates.add(id)
  }
  return true
}

/** The node whose present generation is meant and at one of these steps; also names it as the cause of what follows. */
function currentNode(draft: StepDraft, nodePath: string, steps: readonly NodeStep[]): string | null {
  const nodeId = nodeIdOfPath(nodePath)
  if (!draft.index.nodes.has(nodeId)) return null
  const node = nodeStateOf(draft, nodeId)
  if (node.path !== nodePath || !steps.includes(node.step)) return null
  draft.cause = generationOf(draft, nodeId)
  return nodeId
}

/** Begins and skips what can be decided, always the first in plan order, until nothing is left. A paused run stands. */
function advance(draft: StepDraft): void {
  if (isPaused(draft.state)) return holdBack(draft)
  for (let nodeId = nextCandidate(draft); nodeId !== null; nodeId = nextCandidate(draft)) {
    draft.candidates.delete(nodeId)
    const readiness = draft.called.delete(nodeId) ? 'begin' : readinessOf(draft, nodeId)
    if (readiness === 'begin') beginNode(draft, nodeId)
    else if (readiness === 'skip') skipNode(draft, nodeId, skipReason(draft, nodeId))
  }
}

function nextCandidate(draft: StepDraft): string | null {
  let first: string | null = null
  let firstPosition = Number.POSITIVE_INFINITY
  for (const nodeId of draft.candidates) {
    const position = draft.index.positions.get(nodeId) ?? firstPosition
    if (position < firstPosition) [first, firstPosition] = [nodeId, position]
  }
  return first
}
