import type { Answerer } from '../events/user-input.ts'
import type { JsonObject } from '../json.ts'
import { completeNode, eventErrorOf, failNode } from './end-node.ts'
import { nodeIdOfPath } from './engine-state.ts'
import { type PromptConfig, promptConfigOf, promptFields, requestIdOf } from './prompt-request.ts'
import { beginReminders, endReminders } from './reminders.ts'
import { changeNode, generationOf, nodeStateOf, planNodeOf, type StepDraft, tellOfNode } from './step-draft.ts'

/** Asks a person. `config` is rendered. */
export function openPrompt(draft: StepDraft, nodeId: string, config: JsonObject): void {
  const prompt = promptConfigOf(config)
  const requestId = requestIdOf(draft, nodeId)
  let fields: ReturnType<typeof promptFields>
  try {
    fields = promptFields(prompt)
  } catch (error) {
    return failNode(draft, nodeId, eventErrorOf(error))
  }
  const deadline = prompt.deadlineMs === undefined ? undefined : draft.now + prompt.deadlineMs
  draft.state.prompts[requestId] = { nodePath: nodeStateOf(draft, nodeId).path, status: 'open' }
  changeNode(draft, nodeId, { step: 'waiting' })
  tellOfNode(draft, nodeId, 'user:input:required', {
    requestId,
    nodeName: planNodeOf(draft, nodeId).name,
    workflowName: draft.plan.workflowName,
    ...fields,
    ...(deadline === undefined ? {} : { deadline }),
  })
  if (deadline !== undefined) draft.commands.push({ type: 'startTimer', timerId: requestId, fireAt: deadline })
  beginReminders(draft, requestId, config)
}

export interface Answer {
  requestId: string
  response: JsonObject
  answeredBy: Answerer
}

/** The first answer wins; one that comes after the question was closed changes nothing. */
export function answerPrompt(draft: StepDraft, { requestId, response, answeredBy }: Answer): void {
  const nodeId = openNodeOf(draft, requestId)
  if (nodeId === null) return
  const { kind, deadlineMs } = configOf(draft, nodeId)
  if (deadlineMs !== undefined) draft.commands.push({ type: 'cancelTimer', timerId: requestId })
  closePrompt(draft, requestId, { status: 'answered', answeredBy, answeredAt: draft.now })
  tellOfNode(draft, nodeId, 'user:input:received', { requestId, response, answeredBy, answeredAt: draft.now })
  resumeHere(draft, nodeId)
  const ports = kind === 'approve' || kind === 'choice' ? [String(response.choice)] : ['out']
  // An answer without a text has an empty one, so that expressions need not ask whether it is there.
  const text: JsonObject = kind === 'form' || response.text !== undefined ? {} : { text: '' }
  completeNode(draft, nodeId, { output: { value: { ...response, ...text, answered_by: answeredBy.name } }, ports })
}

/** The deadline passed: the node goes on by its port `expired`. */
export function expirePrompt(draft: StepDraft, requestId: string): void {
  const nodeId = openNodeOf(draft, requestId)
  if (nodeId === null) return
  const { kind } = configOf(draft, nodeId)
  closePrompt(draft, requestId, { status: 'expired' })
  tellOfNode(draft, nodeId, 'user:input:expired', { requestId })
  resumeHere(draft, nodeId)
  // The same fields as an answer has, so that what comes after need not ask whether they are there.
  const choice: JsonObject = kind === 'approve' || kind === 'choice' ? { choice: 'expired' } : {}
  const text: JsonObject = kind === 'form' ? {} : { text: '' }
  completeNode(draft, nodeId, {
    output: { value: { ...choice, ...text, answered_by: '', expired: true } },
    ports: ['expired'],
  })
}

function openNodeOf(draft: StepDraft, requestId: string): string | null {
  const prompt = Object.hasOwn(draft.state.prompts, requestId) ? draft.state.prompts[requestId] : undefined
  return prompt?.status === 'open' ? nodeIdOfPath(prompt.nodePath) : null
}

function configOf(draft: StepDraft, nodeId: string): PromptConfig {
  return promptConfigOf(planNodeOf(draft, nodeId).config)
}

/** The question's own clock is the caller's. */
function closePrompt(
  draft: StepDraft,
  requestId: string,
  change: Partial<StepDraft['state']['prompts'][string]>,
): void {
  endReminders(draft, requestId)
  const prompt = draft.state.prompts[requestId]
  if (prompt !== undefined) draft.state.prompts[requestId] = { ...prompt, ...change }
}

function resumeHere(draft: StepDraft, nodeId: string): void {
  draft.cause = generationOf(draft, nodeId)
  draft.resumesAt = draft.events.length
}
