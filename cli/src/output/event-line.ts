import type { WorkflowEvent } from '@millrace/shared/events'
import type { EventError } from '@millrace/shared/events/envelope'
import { formatDuration } from './duration.ts'
import { oneLine, printable } from './printable.ts'
import type { Style } from './style.ts'

export function errorText({ code, message }: EventError): string {
  return `${code}: ${oneLine(message)}`
}

/** A question, what it is about, and the command that answers it. */
export function questionLines(
  asked: { requestId: string; prompt: string; choices?: readonly { id: string }[] | null },
  name: string,
  style: Style,
): string[] {
  const choices = asked.choices ?? []
  const choice = choices.length === 0 ? '' : ` <${choices.map(({ id }) => id).join('|')}>`
  return [
    `${style.notice('?')} ${name} waits for an answer: ${oneLine(asked.prompt)}`,
    style.dim(`  Answer with: millrace answer ${shellWord(asked.requestId)}${choice}`),
  ]
}

/** Ids of questions hold the round in brackets, which shells would expand. */
function shellWord(id: string): string {
  return /^[\w:./-]+$/.test(id) ? oneLine(id) : `'${oneLine(id).replaceAll("'", '')}'`
}

/** What an event says to a person; nothing for those that only carry text, progress or the run's own state. */
export function eventLines(event: WorkflowEvent, nameOf: (nodeId: string) => string, style: Style): string[] {
  const name = 'nodeId' in event ? oneLine(nameOf(event.nodeId)) : ''
  switch (event.type) {
    case 'node:queued':
      return [style.dim(`· ${name} queued`)]
    case 'node:started':
      return [`▸ ${name} running${roundText(event.iteration, event.attempt)}`]
    case 'node:retry': {
      const next = `attempt ${event.attempt + 1} in ${formatDuration(event.nextRetryIn)}`
      return [
        `${style.notice('↻')} ${name} retrying, ${next}; its text so far does not count. ${errorText(event.error)}`,
      ]
    }
    case 'node:completed':
      return [`${style.good('✓')} ${name} completed in ${formatDuration(event.duration)}`]
    case 'node:failed':
      return [`${style.bad('✗')} ${name} failed. ${errorText(event.error)}`]
    case 'node:skipped':
      return [style.dim(`– ${name} skipped: ${oneLine(event.reason)}`)]
    case 'node:cancelled':
      return [style.dim(`– ${name} cancelled: ${oneLine(event.reason)}`)]
    case 'node:log':
      return [style.dim(`  ${name} ${event.level}: ${oneLine(event.message)}`)]
    case 'node:corrected':
      return [`${style.notice('=')} ${name} is ${event.status} after all`]
    case 'event:retracted':
      return [`${style.notice('=')} Taken back: ${event.retractedType}`]
    case 'user:input:required':
      return questionLines(event, name, style)
    case 'user:input:reminder':
      return [`${style.notice('?')} ${name} still waits for an answer: ${oneLine(event.prompt)}`]
    case 'user:input:received':
      return [`${style.good('✓')} ${name} answered by ${oneLine(event.answeredBy.name)}: ${answerText(event.response)}`]
    case 'user:input:expired':
      return [`${style.notice('–')} ${name}: the deadline passed without an answer`]
    case 'user:input:withdrawn':
      return [style.dim(`– ${name}: the question was withdrawn`)]
    case 'execution:paused':
      return [`${style.notice('!')} Paused${byWhom(event)}${event.reason === '' ? '' : `: ${oneLine(event.reason)}`}`]
    case 'execution:resumed':
      return event.by === undefined ? [] : [`${style.notice('!')} Resumed${byWhom(event)}`]
    case 'execution:stalled':
      return [`${style.notice('!')} The run does not move: ${oneLine(event.cause)}`]
    default:
      return []
  }
}

function byWhom({ by }: { by?: { name: string } | undefined }): string {
  return by === undefined ? '' : ` by ${oneLine(by.name)}`
}

function roundText(iteration: number, attempt: number): string {
  const round = iteration > 1 ? `, round ${iteration}` : ''
  return attempt > 1 ? `${round}, attempt ${attempt}` : round
}

function answerText(response: Record<string, unknown>): string {
  const { choice } = response
  return typeof choice === 'string' ? oneLine(choice) : oneLine(JSON.stringify(response))
}

/** The outputs of a run: texts as they are, the rest as JSON. */
export function outputLines(outputs: Record<string, unknown>, style: Style): string[] {
  return Object.entries(outputs).flatMap(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
    const lines = printable(text ?? '').split('\n')
    const head = style.dim(`${oneLine(name)}:`)
    return lines.length === 1 ? [`  ${head} ${lines[0] ?? ''}`] : [`  ${head}`, ...lines.map((line) => `    ${line}`)]
  })
}
