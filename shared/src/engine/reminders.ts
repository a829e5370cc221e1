import type { JsonObject } from '../json.ts'
import { nodeIdOfPath } from './engine-state.ts'
import { inputTypes, type PromptConfig, promptConfigOf } from './prompt-request.ts'
import { planNodeOf, type StepDraft, tellOfReminder } from './step-draft.ts'

/** No path of a node ends so. */
const timerSuffix = '#reminder'

/** Characters of the question that a reminder repeats. */
const promptCharactersMax = 500

/** Sets the clock for the first reminder of a question that was just asked. `config` is rendered. */
export function beginReminders(draft: StepDraft, requestId: string, config: JsonObject): void {
  const prompt = draft.state.prompts[requestId]
  const { title } = promptConfigOf(config)
  if (prompt === undefined || dueTimes(promptConfigOf(config), draft.now).length === 0) return
  const reminders = { askedAt: draft.now, prompt: title.slice(0, promptCharactersMax), told: 0 }
  draft.state.prompts[requestId] = { ...prompt, reminders }
  startNext(draft, requestId)
}

/** The question of a reminder's timer; null: the timer is another's. */
export function remindedBy(timerId: string): string | null {
  return timerId.endsWith(timerSuffix) ? timerId.slice(0, -timerSuffix.length) : null
}

/** Tells of a question that nobody has answered. Several that are due by now, after a standstill, are told as one. */
export function remind(draft: StepDraft, requestId: string): boolean {
  const prompt = Object.hasOwn(draft.state.prompts, requestId) ? draft.state.prompts[requestId] : undefined
  if (prompt?.status !== 'open' || prompt.reminders === undefined) return false
  const { reminders, nodePath } = prompt
  const nodeId = nodeIdOfPath(nodePath)
  const { name, config } = planNodeOf(draft, nodeId)
  const { kind, deadlineMs } = promptConfigOf(config)
  const number = dueTimes(promptConfigOf(config), reminders.askedAt).filter((time) => time <= draft.now).length
  if (number <= reminders.told) return false
  draft.state.prompts[requestId] = { ...prompt, reminders: { ...reminders, told: number } }
  tellOfReminder(draft, nodeId, {
    requestId,
    number,
    inputType: inputTypes[kind],
    prompt: reminders.prompt,
    nodeName: name,
    workflowName: draft.plan.workflowName,
    ...(deadlineMs === undefined ? {} : { deadline: reminders.askedAt + deadlineMs }),
  })
  startNext(draft, requestId)
  return true
}

export function cancelReminders(draft: StepDraft, requestId: string): void {
  if (draft.state.prompts[requestId]?.reminders !== undefined)
    draft.commands.push({ type: 'cancelTimer', timerId: `${requestId}${timerSuffix}` })
}

function startNext(draft: StepDraft, requestId: string): void {
  const prompt = draft.state.prompts[requestId]
  if (prompt?.reminders === undefined) return
  const { askedAt, told } = prompt.reminders
  const config = promptConfigOf(planNodeOf(draft, nodeIdOfPath(prompt.nodePath)).config)
  const fireAt = dueTimes(config, askedAt)[told]
  if (fireAt !== undefined) draft.commands.push({ type: 'startTimer', timerId: `${requestId}${timerSuffix}`, fireAt })
}

/** When the reminders of a question are due, in order: epoch milliseconds. One at the deadline would come too late. */
function dueTimes(
  { remindAfterMs = [], deadlineMs = Number.POSITIVE_INFINITY }: PromptConfig,
  askedAt: number,
): number[] {
  const spans = [...new Set(remindAfterMs)].filter((span) => span < deadlineMs)
  return spans.sort((one, other) => one - other).map((span) => askedAt + span)
}
