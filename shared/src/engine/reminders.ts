import type { JsonObject } from '../json.ts'
import { nodeIdOfPath } from './engine-state.ts'
import { inputTypes, type PromptConfig, promptConfigOf } from './prompt-request.ts'
import { planNodeOf, type StepDraft, tellOfReminder } from './step-draft.ts'

/** No path of a node ends so. */
const timerSuffix = '#reminder'

/** Characters of a question that a reminder repeats. The state keeps it whole, for it is cut where secrets are masked. */
const repeatedCharactersMax = 4000

/** Sets the clock for the first reminder of a question that was just asked. `config` is rendered. */
export function beginReminders(draft: StepDraft, requestId: string, config: JsonObject): void {
  const prompt = draft.state.prompts[requestId]
  const { title } = promptConfigOf(config)
  if (prompt === undefined || dueTimes(promptConfigOf(config), draft.now).length === 0) return
  // The beginning of one that is too long could end in a secret's beginning, so the step's name stands for it.
  const repeated = title.length > repeatedCharactersMax ? planNodeOf(draft, nodeIdOfPath(prompt.nodePath)).name : title
  const reminders = { askedAt: draft.now, prompt: repeated, told: 0 }
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
  const due = dueTimes(promptConfigOf(config), reminders.askedAt)
  // A timer is never set for one that was told, so one that fires early by this clock tells the next all the same.
  const number = Math.max(due.filter((time) => time <= draft.now).length, reminders.told + 1)
  if (number > due.length) return false
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

/** Of a question that closes: its clock stops, and the state keeps its words no longer. */
export function endReminders(draft: StepDraft, requestId: string): void {
  const prompt = draft.state.prompts[requestId]
  if (prompt?.reminders === undefined) return
  draft.commands.push({ type: 'cancelTimer', timerId: `${requestId}${timerSuffix}` })
  const { reminders: _, ...closed } = prompt
  draft.state.prompts[requestId] = closed
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
