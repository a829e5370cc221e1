import { isTerminalEvent } from '@millrace/shared/events'
import type { AnomalyName } from './anomaly.ts'
import type { KnownTopic } from './known-log.ts'

export interface LogContext {
  /** Executions that must be over. */
  mustEnd: ReadonlySet<string>
  report: (name: AnomalyName, where: string, detail: string) => void
}

/** Judges the log by itself: numbers, identities, one end that nothing follows, texts that never mix. */
export function checkLog(known: KnownTopic, { mustEnd, report: reportTo }: LogContext): void {
  const report = (name: AnomalyName, detail: string) => reportTo(name, `log of ${known.topic}`, detail)
  const ids = new Set<string>()
  const texts = new Map<string, { attempt: number; length: number }>()
  const completed = new Set<string>()
  const isExecution = known.topic.startsWith('execution:')
  known.events.forEach((event, index) => {
    if (event.seq !== index + 1) report('gap', `number ${event.seq} at place ${index + 1}`)
    // Identities are a run's own; topics of many runs hold the same one of each.
    const id = `${'executionId' in event ? event.executionId : ''} ${event.eventId}`
    if (ids.has(id)) report('duplicate write', id)
    ids.add(id)
    if (!isExecution) return
    if (event.type === 'node:stream') {
      const text = texts.get(event.nodePath)
      const length = text?.attempt === event.attempt ? text.length : 0
      if (text !== undefined && event.attempt < text.attempt) report('mixed attempts', `at ${event.seq}`)
      if (event.offset !== length)
        report('mixed attempts', `${event.nodePath} jumps from ${length} to ${event.offset} at ${event.seq}`)
      texts.set(event.nodePath, { attempt: event.attempt, length: event.offset + event.chunk.length })
    }
    if (event.type === 'node:started' && completed.has(event.nodePath)) report('repeated step', event.nodePath)
    if (event.type === 'node:completed') completed.add(event.nodePath)
  })
  if (!isExecution) return
  const ends = known.events.filter(isTerminalEvent)
  if (ends.length > 1) report('after terminal', `ended ${ends.length} times`)
  if (known.endSeq !== null && known.endSeq < known.head)
    report('after terminal', `${known.head} after the end at ${known.endSeq}`)
  if (ends.length === 0 && mustEnd.has(known.topic.slice('execution:'.length)))
    report('missing terminal', `head ${known.head}`)
}
