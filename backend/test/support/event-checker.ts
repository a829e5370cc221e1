import { isTerminalEvent, type WorkflowEvent } from '@millrace/shared/events'

/**
 * Names every anomaly in what a reader of one execution's topic saw; empty when the promise was kept.
 * `from`: the number before the first event expected.
 */
export function anomaliesOf(events: readonly WorkflowEvent[], from = 0): string[] {
  const anomalies: string[] = []
  const ids = new Map<string, number>()
  const texts = new Map<string, { attempt: number; length: number }>()
  const completedPaths = new Set<string>()
  let last = from
  let endedAt: number | null = null
  for (const event of events) {
    if (event.seq <= last) anomalies.push(`reordered or doubled: ${event.seq} after ${last}`)
    if (event.seq - (event.count ?? 1) > last) anomalies.push(`gap: ${event.seq} after ${last}`)
    last = Math.max(last, event.seq)
    const twin = ids.get(event.eventId)
    if (twin !== undefined) anomalies.push(`same event twice: ${event.eventId} at ${twin} and ${event.seq}`)
    ids.set(event.eventId, event.seq)
    if (endedAt !== null) anomalies.push(`${event.type} at ${event.seq} after the end at ${endedAt}`)
    if (isTerminalEvent(event)) endedAt = event.seq
    if (event.type === 'node:stream') {
      const text = texts.get(event.nodePath)
      const known = text?.attempt === event.attempt ? text.length : 0
      if (text !== undefined && event.attempt < text.attempt) anomalies.push(`attempts mixed at ${event.seq}`)
      if (event.offset !== known)
        anomalies.push(`text of ${event.nodePath} attempt ${event.attempt} jumps from ${known} to ${event.offset}`)
      texts.set(event.nodePath, { attempt: event.attempt, length: event.offset + event.chunk.length })
    }
    if (event.type === 'node:started' && completedPaths.has(event.nodePath))
      anomalies.push(`finished node ran again: ${event.nodePath}`)
    if (event.type === 'node:completed') completedPaths.add(event.nodePath)
  }
  return anomalies
}
