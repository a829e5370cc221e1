import { eventTraits, type WorkflowEvent } from '@millrace/shared/events'
import { digestOf, type KnownTopic } from './known-log.ts'

/** Fields that a merged event may have from elsewhere than its last part. */
const joinedFields = new Set(['count', 'chunk', 'offset', 'tokens', 'percentage', 'completed'])

/** Why an event is not what the log holds at its number; null: it is. Knows the rules of merging by itself. */
export function differenceOf(known: KnownTopic, event: WorkflowEvent): 'phantom' | 'disagreement' | 'bad merge' | null {
  const own = known.at(event.seq)
  if (own === undefined) return 'phantom'
  if ((event.count ?? 1) === 1) {
    const { count: _, ...plain } = event
    return digestOf(plain) === known.digest(event.seq) ? null : 'disagreement'
  }
  const parts = known.parts(event)
  if (parts === null || eventTraits[event.type]?.delivery === 'control') return 'bad merge'
  if (digestOf(withoutJoined(event)) !== digestOf(withoutJoined(own))) return 'bad merge'
  return event.type === 'node:stream' && !isTextOf(parts, event) ? 'bad merge' : null
}

function isTextOf(parts: readonly WorkflowEvent[], event: WorkflowEvent & { type: 'node:stream' }): boolean {
  const passages = parts.filter((part) => part.type === 'node:stream')
  return (
    event.chunk === passages.map(({ chunk }) => chunk).join('') &&
    event.offset === passages[0]?.offset &&
    (event.tokens ?? 0) === passages.reduce((sum, { tokens = 0 }) => sum + tokens, 0)
  )
}

function withoutJoined(event: WorkflowEvent): object {
  return Object.fromEntries(Object.entries(event).filter(([name]) => !joinedFields.has(name)))
}
