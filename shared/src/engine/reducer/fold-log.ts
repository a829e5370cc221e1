import type { WorkflowEvent, WorkflowEventOf } from '../../events/index.ts'
import { CutValue } from '../../events/variable.ts'
import { type ExecutionView, type LogEntry, viewLimits } from '../execution-view.ts'

type Line = Pick<LogEntry, 'level' | 'message'> & { nodeId?: string; attempt?: number }

/** The run log after an event: the newest lines, most events have none. Where it is full, lines for debugging give way first. */
export function foldLog(view: ExecutionView, event: WorkflowEvent): LogEntry[] {
  const line = lineOf(view, event)
  if (line === null) return view.log
  const entry: LogEntry = {
    seq: event.seq,
    timestamp: event.timestamp,
    level: line.level,
    message: line.message,
    nodeId: line.nodeId ?? null,
    attempt: line.attempt ?? null,
  }
  const log = [...view.log, entry]
  if (log.length <= viewLimits.logEntriesMax) return log
  const leastIndex = Math.max(
    0,
    log.findIndex(({ level }) => level === 'debug'),
  )
  return leastIndex === log.length - 1 ? view.log : log.toSpliced(leastIndex, 1)
}

/** What a builder reads about an event; null for those that the canvas shows better. */
function lineOf(view: ExecutionView, event: WorkflowEvent): Line | null {
  switch (event.type) {
    case 'execution:started':
      return { level: 'info', message: 'Run started' }
    case 'execution:stalled':
      return { level: 'warn', message: `The run does not move: ${event.cause}` }
    case 'execution:paused':
      return { level: 'info', message: `Run paused${byWhom(event)}${event.reason === '' ? '' : `: ${event.reason}`}` }
    case 'execution:resumed':
      return view.pause === null ? null : { level: 'info', message: `Run resumed${byWhom(event)}` }
    case 'execution:completed':
      return { level: 'info', message: 'Run completed' }
    case 'execution:failed':
      return {
        level: 'error',
        message: `Run ${event.error.code === 'RUN_BLOCKED' ? 'blocked' : 'failed'}: ${event.error.message}`,
      }
    case 'execution:cancelled':
      return { level: 'warn', message: `Run stopped: ${event.reason}` }
    case 'node:log':
      return { level: event.level, message: event.message, nodeId: event.nodeId, ...attemptOf(event) }
    case 'node:retry':
      return {
        level: 'warn',
        message: `${event.error.message} Next try in ${seconds(event.nextRetryIn)}.`,
        nodeId: event.nodeId,
        attempt: event.attempt,
      }
    case 'node:completed':
      return { level: 'info', message: `Done in ${seconds(event.duration)}`, nodeId: event.nodeId, ...attemptOf(event) }
    case 'node:failed':
      return { level: 'error', message: event.error.message, nodeId: event.nodeId, ...attemptOf(event) }
    case 'node:skipped':
      return { level: 'info', message: `Skipped: ${event.reason}`, nodeId: event.nodeId }
    case 'node:cancelled':
      return { level: 'warn', message: `Cancelled: ${event.reason}`, nodeId: event.nodeId }
    case 'node:corrected':
      return { level: 'warn', message: `Corrected at the end: ${event.status}`, nodeId: event.nodeId }
    case 'variable:changed':
      return {
        level: event.isLast === true ? 'warn' : 'debug',
        message: changeText(view, event),
        nodeId: event.nodeId,
      }
    case 'user:input:required':
      return { level: 'info', message: `Asked: ${event.prompt}`, nodeId: event.nodeId }
    case 'user:input:reminder':
      return { level: 'info', message: `Reminded: ${event.prompt}`, nodeId: event.nodeId }
    case 'user:input:received': {
      const choice = typeof event.response.choice === 'string' ? `: ${event.response.choice}` : ''
      return { level: 'info', message: `${event.answeredBy.name} answered${choice}`, nodeId: event.nodeId }
    }
    case 'user:input:expired':
      return { level: 'warn', message: 'Nobody answered in time', nodeId: event.nodeId }
    case 'user:input:withdrawn':
      return { level: 'info', message: `Question withdrawn: ${event.reason}`, nodeId: event.nodeId }
    case 'edge:settled':
      return event.iteration > 1 && event.taken && view.edges[event.edgeId] !== undefined
        ? { level: 'info', message: `Round ${event.iteration} begins`, nodeId: event.nodeId }
        : null
    default:
      return null
  }
}

function byWhom({ by }: { by?: { name: string } | undefined }): string {
  return by === undefined ? '' : ` by ${by.name}`
}

function attemptOf(event: { attempt?: number | undefined }): { attempt?: number } {
  return event.attempt === undefined ? {} : { attempt: event.attempt }
}

/** Characters of a value in a line. */
const valueCharactersMax = 80

/** `view` is the one before the event: it knows the former value where that is too long to be told again. */
function changeText(view: ExecutionView, event: WorkflowEventOf<'variable:changed'>): string {
  const { nodeId, varName, newValue, changeType, isLast } = event
  const rest = isLast === true ? '. The run tells no later changes of variables' : ''
  if (changeType === 'created') return `${varName} is ${valueText(newValue)}${rest}`
  const key = `${nodeId}.${varName}`
  const known = Object.hasOwn(view.variables ?? {}, key) ? view.variables[key]?.versions.at(-1)?.value : undefined
  return `${varName} was ${valueText(event.oldValue ?? known)}, is ${valueText(newValue)}${rest}`
}

function valueText(value: unknown): string {
  const cut = CutValue.safeParse(value)
  const text = cut.success ? cut.data.preview : (JSON.stringify(value) ?? 'another value')
  return cut.success || text.length > valueCharactersMax ? `${text.slice(0, valueCharactersMax).toWellFormed()}…` : text
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
