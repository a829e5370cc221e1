import type { LogEntry } from '@millrace/shared/engine/execution-view'

export type LogFilter = 'all' | 'warn' | 'error'

export interface LogQuery {
  filter: LogFilter
  search: string
  /** Only lines of this step. */
  nodeId?: string
}

/** Lines of the log that a filter and a search leave, newest first. A warning filter keeps errors, too. */
export function filterLog(
  log: readonly LogEntry[],
  { filter, search, nodeId }: LogQuery,
  nameOf: (id: string) => string,
): LogEntry[] {
  const wanted = search.trim().toLowerCase()
  return log
    .filter((entry) => {
      if (nodeId !== undefined && entry.nodeId !== nodeId) return false
      if (filter === 'error' && entry.level !== 'error') return false
      if (filter === 'warn' && entry.level !== 'warn' && entry.level !== 'error') return false
      if (wanted === '') return true
      const name = entry.nodeId === null ? '' : nameOf(entry.nodeId)
      return `${entry.message} ${name} ${entry.level}`.toLowerCase().includes(wanted)
    })
    .toReversed()
}

export const levelLook: Record<LogEntry['level'], { word: string; className: string }> = {
  debug: { word: 'Debug', className: 'text-ink-3' },
  info: { word: 'Info', className: 'text-ink-2' },
  warn: { word: 'Warning', className: 'text-retry-text' },
  error: { word: 'Error', className: 'text-failed-text' },
}

/** Lines as text, one each and in the order given, for a letter to whoever is to look at them. */
export function logText(lines: readonly LogEntry[], nameOf: (id: string) => string): string {
  return lines
    .map(({ timestamp, level, nodeId, message }) => {
      const step = nodeId === null ? [] : [`${nameOf(nodeId)}:`]
      return [new Date(timestamp).toISOString(), level, ...step, message].join(' ')
    })
    .join('\n')
}

/** "14:02:52.310" */
export function clockText(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
